import { NOTHING, Refusal, type Turn } from '../drive';
import { Input } from './input';

/** A turn of a decoder, whose Refusal says how much of the turn's input was used up before. */
export function turnOf(
  bytes: Uint8Array,
  decode: (input: Input) => Uint8Array<ArrayBuffer> | undefined,
): Turn {
  const input = new Input(bytes);
  try {
    const output = decode(input) ?? NOTHING;
    return { taken: input.taken, output };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(error.reason, error.detail, input.taken);
  }
}
