// Reads {css, content: [text, ...]} on standard input and writes the rules that the content uses, minified.
import { readFileSync } from "node:fs";
import { transformSync } from "esbuild";
import { PurgeCSS } from "purgecss";

const { css, content } = JSON.parse(readFileSync(0, "utf8"));
const [{ css: used }] = await new PurgeCSS().purge({
  css: [{ raw: css }],
  content: content.map((raw) => ({ raw, extension: "html" })),
  keyframes: true,
  // Named by scripts at run time, or by attribute values that a word search over the pages cannot see.
  safelist: {
    standard: ["html", "body", "show", "showing", "hiding", "collapsing", "collapse", "modal", "tooltip", "visible", /^pst-/, /^eg-/, /^vega-/, /^vg-/, /^bs-/],
    greedy: [/data-theme/, /data-mode/, /\[data-/],
  },
});
process.stdout.write(transformSync(used, { loader: "css", minify: true, target: ["chrome109", "firefox115", "safari16"] }).code);
