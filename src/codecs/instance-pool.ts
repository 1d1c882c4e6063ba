/** What every decoder compiled to WebAssembly has. */
interface WithMemory {
  readonly memory: WebAssembly.Memory;
}

/** WebAssembly memory never shrinks: an instance that grew beyond this is left to the garbage collector. */
const KEPT_MEMORY = 32 * 1024 * 1024;

/**
 * Instances of one WebAssembly module. Each is lent to one decode at a time, so none waits for another and no memory grows
 * under somebody's borrowed bytes. One that comes back is kept for the next, so decodes that are started and dropped
 * in a row use the same memory.
 */
export class InstancePool<Exports extends WithMemory> {
  private readonly create: () => Promise<Exports>;
  private idle: Exports | undefined;

  constructor(create: () => Promise<Exports>) {
    this.create = create;
  }

  async lend(): Promise<Exports> {
    const { idle } = this;
    this.idle = undefined;
    return idle ?? (await this.create());
  }

  /** Everything that was allocated in the instance has been freed. */
  giveBack(instance: Exports): void {
    if (instance.memory.buffer.byteLength <= KEPT_MEMORY) this.idle = instance;
  }
}
