import { Feed, Item, sorted } from "./feed";
import { escaped, shortened } from "./text";

const LONGEST_TITLE = 60;

function row(item: Item): string {
  const day = item.published.toISOString().slice(0, 10);
  const title = escaped(shortened(item.title, LONGEST_TITLE));
  return `<li><time>${day}</time> <a href="${escaped(item.link)}">${title}</a></li>`;
}

/** Returns the feed as a list in HTML, the newest items first. */
export function page(feed: Feed, most = 20): string {
  const rows = sorted(feed, "newest").slice(0, most).map(row);
  return [`<h1>${escaped(feed.title)}</h1>`, "<ul>", ...rows, "</ul>"].join("\n");
}
