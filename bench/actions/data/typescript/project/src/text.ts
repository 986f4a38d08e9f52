const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}

/**
 * Cuts a text at a word's end, so that with the ellipsis it has `most` characters at most.
 */
export function shortened(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const room = text.slice(0, most);
  const end = room.lastIndexOf(" ");
  return `${room.slice(0, end > 0 ? end : most - 1)}…`;
}

/** Makes a title a part of an address: "Über uns!" is "uber-uns". */
export function slug(title: string): string {
  return title
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}
