// How long a reply is as its network counts, while somebody types. The desk counts again before anything leaves.

const LINK = /https?:\/\/\S+/gi;
const MENTION = /(?<![\p{L}\p{N}_/])@([\p{L}\p{N}_][\p{L}\p{N}_.-]*)@[\p{L}\p{N}_.-]+[\p{L}\p{N}_]/gu;
const LINK_COUNTS = 23;
const LIGHT = [[0, 0x10ff], [0x2000, 0x200d], [0x2010, 0x201f], [0x2032, 0x2037]];
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** How much may still be added; below nothing where it is too long. */
export function left(text, counts, limit) {
  return limit - length(text.trim(), counts);
}

function length(text, counts) {
  if (counts === "characters") return [...text].length;
  if (counts === "weighted") {
    const links = text.match(LINK) || [];
    return LINK_COUNTS * links.length + pieces(text.replace(LINK, "")).reduce((sum, each) => sum + weight(each), 0);
  }
  if (counts === "mastodon") {
    text = text.replace(LINK, "x".repeat(LINK_COUNTS)).replace(MENTION, "@$1");
  }
  return pieces(text).length;
}

const pieces = (text) => [...graphemes.segment(text)].map((each) => each.segment);

function weight(grapheme) {
  const points = [...grapheme].map((each) => each.codePointAt(0));
  if (points.length > 1 && points.some((each) => each > 0x2190)) return 2;
  return points.reduce((sum, each) => sum + (LIGHT.some(([low, high]) => low <= each && each <= high) ? 1 : 2), 0);
}
