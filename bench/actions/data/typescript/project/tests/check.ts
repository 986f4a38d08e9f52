/** Throws unless the two are the same, written as JSON. */
export function same(found: unknown, expected: unknown): void {
  const [one, two] = [JSON.stringify(found), JSON.stringify(expected)];
  if (one !== two) {
    throw new Error(`${one} is not ${two}`);
  }
}
