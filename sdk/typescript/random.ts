/** A generator of the call's own: the same numbers however often the call runs again. */
export interface Random {
  /** A number from 0 up to, and without, 1. */
  next(): number;
  /** A whole number from 0 up to, and without, n. */
  below(n: number): number;
  /** The same entries in another order. */
  shuffled<T>(list: readonly T[]): T[];
  /** A random id of 32 hexadecimal digits. */
  id(): string;
}

/** Makes a generator (xoshiro128**) of 32 hexadecimal digits. */
export function generator(hex: string): Random {
  const state = new Uint32Array([0, 8, 16, 24].map((at) => parseInt(hex.slice(at, at + 8) || "0", 16)));
  if (!state.some(Boolean)) state[0] = 1; // a state of zeros would stay
  const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by));
  const word = (): number => {
    const [a, b, c, d] = state as unknown as [number, number, number, number];
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    state.set([a ^ d ^ b, b ^ c ^ a, c ^ a ^ shifted, rotate(d ^ b, 11)]);
    return result;
  };
  for (let n = 0; n < 8; n++) word(); // few bits that are set take some steps to spread
  const next = () => ((word() >>> 5) * 67108864 + (word() >>> 6)) / 9007199254740992;
  const below = (n: number) => Math.floor(next() * n);
  return {
    next,
    below,
    shuffled(list) {
      const out = [...list];
      for (let n = out.length - 1; n > 0; n--) {
        const other = below(n + 1);
        [out[n], out[other]] = [out[other]!, out[n]!];
      }
      return out;
    },
    id: () => Array.from({ length: 4 }, () => word().toString(16).padStart(8, "0")).join(""),
  };
}
