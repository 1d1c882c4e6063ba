/** The bytes of kernel.wasm, built from kernel/. */
export declare function buildKernel(): Promise<Uint8Array>;
