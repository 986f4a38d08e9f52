"use strict";

const MINUTE_MS = 60_000;

/**
 * Returns when a feed is asked for again: later after each failure, a day at most.
 *
 * @param {number} lastMs
 * @param {number} failures
 * @returns {number}
 */
function nextAsk(lastMs, failures) {
  const minutes = Math.min(15 * 2 ** failures, 24 * 60);
  return lastMs + minutes * MINUTE_MS;
}

/**
 * @param {{ address: string, next: number }[]} feeds
 * @param {number} nowMs
 * @returns {string[]} the addresses that are due, the longest overdue first
 */
function due(feeds, nowMs) {
  return feeds
    .filter((feed) => feed.next <= nowMs)
    .sort((one, two) => one.next - two.next)
    .map((feed) => feed.address);
}

module.exports = { nextAsk, due };
