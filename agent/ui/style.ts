/** The look of all pages: big text, calm colours in light and dark, one column, no script and nothing from elsewhere. */
export const STYLE = `
:root { color-scheme: light dark;
  --ground: light-dark(#f5f4f0, #16181b); --paper: light-dark(#ffffff, #1f2226); --ink: light-dark(#1d1f22, #eceae5);
  --soft: light-dark(#5b5f66, #a9adb4); --line: light-dark(#d9d6ce, #3a3e45); --accent: light-dark(#1b5e8c, #8cc4ee);
  --no: light-dark(#1d1f22, #f3f1ec); --no-ink: light-dark(#ffffff, #16181b); --warn: light-dark(#8a2c12, #ffb59c);
  --note: light-dark(#eaf2f8, #1d2a35); --good: light-dark(#1d6b3f, #86d6a6);
  font: 1.125rem/1.55 system-ui, "Segoe UI", "Noto Sans", sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere; }
header, main, footer { max-width: 46rem; margin: 0 auto; padding: 0 1.25rem; }
.wide header, .wide main, .wide footer { max-width: 90rem; }
header { padding-top: 1.25rem; display: flex; gap: .4rem 1.25rem; flex-wrap: wrap; align-items: baseline; }
header strong { margin-inline-end: auto; }
footer { padding: 1.5rem 1.25rem 3rem; color: var(--soft); font-size: 1rem; }
footer form { display: flex; gap: .75rem; flex-wrap: wrap; align-items: center; margin: 0 0 .75rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 1.25rem 0 .75rem; text-wrap: balance; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .5rem; }
h3 { font-size: 1.125rem; margin: 0; }
p { margin: 0 0 .6rem; }
ul { margin: 0; padding-inline-start: 1.25rem; }
a { color: var(--accent); text-underline-offset: .2em; }
section, .card { background: var(--paper); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; margin: 0 0 1rem; }
section > :last-child, .card > :last-child { margin-bottom: 0; }
.code { font: 700 2.25rem/1.2 ui-monospace, "DejaVu Sans Mono", monospace; letter-spacing: .25em; margin: .25rem 0 .5rem; }
.soft, .not { color: var(--soft); }
.note { background: var(--note); border-color: transparent; border-inline-start: .35rem solid var(--accent); }
.warn { border-inline-start: .35rem solid var(--warn); }
.good { color: var(--good); } .bad { color: var(--warn); font-weight: 600; }
.item { border-top: 1px solid var(--line); padding: 1rem 0; }
.item label { display: flex; gap: .75rem; align-items: flex-start; font-weight: 600; }
.item .say { margin-inline-start: 2.25rem; }
.item ul { color: var(--soft); font-size: 1rem; margin-bottom: .6rem; }
input[type=checkbox], input[type=radio] { inline-size: 1.5rem; block-size: 1.5rem; margin: .1rem 0 0; flex: none; accent-color: var(--accent); }
select, textarea, input[type=text], input[type=search], input[type=number] { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft);
  border-radius: .5rem; padding: .5rem .7rem; min-height: 2.75rem; max-width: 100%; }
input[type=text], textarea { width: 100%; }
textarea { resize: vertical; }
input[type=file] { font: inherit; max-width: 100%; }
input[aria-invalid], textarea[aria-invalid] { border-color: var(--warn); border-width: 2px; }
label.row { display: flex; gap: .75rem; align-items: flex-start; margin: 0 0 .75rem; }
button { font: inherit; font-weight: 600; color: var(--ink); background: var(--paper); border: 2px solid var(--soft);
  border-radius: .6rem; padding: .6rem 1.1rem; min-height: 3rem; cursor: pointer; max-width: 100%; }
a.button { display: inline-block; font-weight: 600; color: var(--no-ink); background: var(--no); border: 2px solid var(--no); text-decoration: none;
  border-radius: .6rem; padding: .6rem 1.1rem; min-height: 3rem; max-width: 100%; }
a.button:hover { border-color: var(--accent); }
.big button { font-size: 1.25rem; padding: .9rem 1.5rem; flex: 1 1 14rem; }
.ask { border: 0; padding: 0; margin: 0 0 1.5rem; min-inline-size: 0; }
.ask > label:not(.row), legend { display: block; font-weight: 600; margin: 0 0 .35rem; padding: 0; }
.ask .soft { font-weight: 400; }
.hint { font-size: 1rem; margin: 0 0 .35rem; }
.files { margin: 0 0 .75rem; padding: 0; list-style: none; } .files li { margin: 0 0 .5rem; }
.steps { list-style: none; margin: 0 0 1rem; padding: 0; display: flex; gap: .4rem; flex-wrap: wrap; }
.steps li { flex: 1 1 7rem; border-top: .35rem solid var(--line); padding-top: .4rem; font-size: 1rem; color: var(--soft); }
.steps .done { border-color: var(--good); } .steps .now { border-color: var(--accent); color: var(--ink); font-weight: 600; }
.talk { list-style: none; margin: 0 0 1rem; padding: 0; }
.talk li { border-radius: .75rem; padding: .7rem 1rem; margin: 0 0 .75rem; max-width: 92%; width: fit-content; min-width: min(100%, 16rem); }
.talk .desk { background: var(--note); border-inline-start: .35rem solid var(--accent); }
.talk .you { background: var(--ground); border: 1px solid var(--line); margin-inline-start: auto; }
.talk .elsewhere { border: 1px dashed var(--soft); }
.talk p:last-child { margin-bottom: 0; }
.new { color: var(--accent); font-weight: 600; }
.with-script .no-script, html:not(.with-script) .only-script { display: none; }
#picture-view { display: block; max-width: 100%; max-height: 75vh; border: 1px solid var(--line); touch-action: none; cursor: crosshair; margin: 0 0 .75rem; }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(6.5rem, 1fr)); gap: .5rem 1rem; } .numbers label { display: block; } .numbers input { width: 100%; display: block; }
button:disabled { opacity: .55; cursor: default; }
button.no { background: var(--no); color: var(--no-ink); border-color: var(--no); }
button.small { min-height: 2.5rem; padding: .35rem .8rem; font-weight: 500; font-size: 1rem; border-width: 1px; }
button.stop { font-size: 1.25rem; padding: .8rem 2.5rem; }
button:hover { border-color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
label.pick { align-items: center; flex-wrap: wrap; }
.aside { margin-inline-start: auto; display: flex; gap: .5rem; flex-wrap: wrap; }
.choices { align-items: center; display: flex; gap: .75rem; flex-wrap: wrap; margin: 0 0 1rem; }
summary { cursor: pointer; font-weight: 600; padding: .25rem 0; }
dl { display: grid; grid-template-columns: minmax(6rem, 32%) 1fr; gap: .25rem 1rem; margin: 0 0 .75rem; font-size: 1rem; }
dt { color: var(--soft); } dd { margin: 0; }
dl.example { background: var(--ground); border-radius: .5rem; padding: .75rem 1rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); margin: 0 0 1rem; }
table { border-collapse: collapse; font-size: .95rem; min-width: 100%; }
th, td { text-align: start; vertical-align: top; padding: .45rem .7rem; border-bottom: 1px solid var(--line); }
td div { width: max-content; max-width: 36rem; overflow-wrap: break-word; }
thead th { background: var(--ground); white-space: nowrap; }
td.n { white-space: nowrap; }
tr.out td { text-decoration: line-through; color: var(--soft); }
nav { display: flex; gap: 1rem; flex-wrap: wrap; align-items: center; margin: 0 0 1rem; }
@media (max-width: 30rem) { .steps { display: block; } .steps li { border-top: 0; border-inline-start: .35rem solid var(--line); padding: .25rem .75rem; }
  .choices button { flex: 1 1 100%; } h1 { font-size: 1.5rem; } .item .say { margin-inline-start: 0; } }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .4rem; } }
@media (forced-colors: active) { button, section, .card { border: 2px solid ButtonText; } }
@media (prefers-reduced-motion: no-preference) { button { transition: border-color .15s; } }
`
