// How the page looks: on a phone, on a screen, on paper, in light and in dark. Pictures keep their own light ground,
// as their colours were chosen on it; an app that draws on a dark one says so with the class `dark` on a stage.

export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f5f6f7; --ink: #1b1b1b; --quiet: #51565c; --line: #d3d7db;
  --accent: #0059a3; --good: #00664a; --bad: #a83c00; --paper: #ffffff;
  --side: 15rem;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #15181b; --raised: #1f2327; --ink: #e8e8e6; --quiet: #b0b6bc; --line: #3c4248;
    --accent: #7fc4f5; --good: #5fd3ac; --bad: #ff9d66;
  }
  .stage:not(.dark) { filter: brightness(.92); }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; max-width: 86rem; padding: 0 1rem 3rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, "DejaVu Sans", Verdana, sans-serif; overflow-wrap: break-word;
}
h1 { font-size: 1.75rem; line-height: 1.2; margin: 1.5rem 0 .25rem; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 0 0 .75rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
p, ul, ol, dl { margin: 0 0 .9rem; max-width: 46rem; }
dt { font-weight: 600; }
dd { margin: 0 0 .5rem 1.25rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
code { font: .92em/1.4 ui-monospace, "DejaVu Sans Mono", monospace; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
main:focus { outline: none; }
.quiet, .note { color: var(--quiet); }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -100vw; top: 0; padding: .6rem 1rem; background: var(--ground); z-index: 2; }
.skip:focus { left: 0; }
nav { border-block: 1px solid var(--line); padding: .75rem 0 0; margin: 1rem 0; font-size: .95rem; }
nav h2 { font-size: 1rem; margin-bottom: .35rem; }
nav ol { padding-left: 1.9rem; }
nav li { padding: .18rem 0; }
section { border-top: 2px solid var(--line); padding-top: 1.25rem; margin-top: 2.25rem; }
main > section:first-child { border-top: 0; margin-top: 0; padding-top: .5rem; }
.answer { padding-left: 1.5rem; font-size: 1.12rem; line-height: 1.5; }
.answer li { margin-bottom: .7rem; }
.warning, .bad { color: var(--bad); }
.good { color: var(--good); }
td.bad, td.good { font-weight: 600; }
.button {
  display: inline-block; padding: .55rem 1rem; border: 2px solid var(--accent); border-radius: .35rem;
  font-weight: 600; text-decoration: none;
}
figure { margin: 1.5rem 0 2rem; padding: 0; }
figcaption { max-width: 54rem; margin-bottom: .5rem; }
figcaption .quiet { font-size: .9rem; }
.stage {
  overflow-x: auto; background: var(--paper); border: 1px solid var(--line); border-radius: .35rem;
  max-width: 62rem; padding: .25rem;
}
.stage:empty { display: none; }
.stage > canvas, .stage > img, .stage > svg { display: block; width: 100%; min-width: 40rem; height: auto; }
.still { display: none !important; }
.no-app .still { display: block !important; }
@media (scripting: none) {
  .stage > canvas { display: none !important; }
  .still { display: block !important; }
}
details { margin: .6rem 0; }
summary { cursor: pointer; color: var(--accent); padding: .35rem 0; }
details.tables > summary { font-weight: 600; }
.table { overflow-x: auto; margin: .75rem 0 .25rem; max-width: 100%; position: relative; }
table { border-collapse: collapse; font-size: .86rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .25rem 0 .4rem; font-size: .95rem; }
th, td { padding: .22rem .6rem; text-align: left; vertical-align: top; font-weight: 400; border-bottom: 1px solid var(--line); }
th:first-child { padding-left: .2rem; }
thead th { font-weight: 600; vertical-align: bottom; border-bottom: 2px solid var(--quiet); }
.number { text-align: right; white-space: nowrap; }
thead .number { white-space: normal; }
tbody th[scope=row] { min-width: 9rem; }
th.group { background: var(--raised); font-weight: 600; padding: .35rem .2rem; }
.note { font-size: .88rem; margin: .2rem 0 .4rem; }
footer { border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 1rem; }
@media screen and (max-width: 42rem) {
  figure.chart figcaption::after { content: " The picture scrolls sideways."; font-size: .9rem; color: var(--quiet); }
  caption { position: sticky; left: 0; max-width: calc(100vw - 2rem); }
}
@media (min-width: 70rem) {
  body { padding-inline: 2rem; }
  .columns { display: grid; grid-template-columns: var(--side) minmax(0, 1fr); gap: 2.5rem; align-items: start; }
  nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; border: 0; }
}
@media print {
  :root {
    --ground: #fff; --raised: #f1f1f1; --ink: #000; --quiet: #333; --line: #999; --accent: #000; --good: #000; --bad: #000;
  }
  @page { size: A4; margin: 14mm 12mm; }
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; }
  nav li:has(a[href='#what-if'], a[href='#drop'], a[href='#data']), .skip, details:not([open]):not(.printed), #what-if, #drop, #data, footer, .map-app { display: none; }
  nav { break-after: avoid; }
  .stage { filter: none !important; overflow: visible; border: 0; padding: 0; }
  .stage > canvas, .stage > img, .stage > svg { min-width: 0; width: auto; max-width: 100%; max-height: 13cm; }
  .stage:has(.still) > canvas { display: none !important; }
  .still { display: block !important; }
  .frames { display: block !important; }
  .printed::details-content { display: block; content-visibility: visible; height: auto; }
  figure, tr, .answer li { break-inside: avoid; }
  h2, h3, caption, figcaption { break-after: avoid; }
  .table { overflow: visible; }
  table { font-size: 7pt; }
  th, td { padding: 1pt 3pt; }
  section { margin-top: 1.2rem; padding-top: .8rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
`;
