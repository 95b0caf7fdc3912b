/** The look of the pages behind links: big text, calm colours in light and dark, one column, nothing from elsewhere. */
export const REQUESTER_CSS = `:root { color-scheme: light dark; font: 1.125rem/1.55 system-ui, "Segoe UI", "Noto Sans", sans-serif;
  --ground: light-dark(#f5f4f0, #16181b); --paper: light-dark(#ffffff, #1f2226); --ink: light-dark(#1d1f22, #eceae5);
  --soft: light-dark(#5b5f66, #a9adb4); --line: light-dark(#d9d6ce, #3a3e45); --accent: light-dark(#1b5e8c, #8cc4ee);
  --on-accent: light-dark(#ffffff, #16181b); --note: light-dark(#eaf2f8, #1d2a35); --bad: light-dark(#8a2c12, #ffb59c); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere; }
header, main, footer { max-width: 44rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.25rem; font-weight: 600; }
footer { padding-bottom: 2.5rem; }
footer, .soft, .by { color: var(--soft); font-size: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.75rem 0; text-wrap: balance; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 0 0 0.5rem; }
p { margin: 0 0 0.6rem; }
section { background: var(--paper); border: 1px solid var(--line); border-radius: 0.75rem; padding: 1.1rem 1.25rem; margin: 0 0 1rem; }
form { display: grid; gap: 0.6rem; justify-items: start; margin: 0 0 1rem; }
section form { margin: 0; }
label, legend { font-weight: 600; }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; width: 100%; }
.choice { display: flex; gap: 0.7rem; align-items: center; min-height: 2.75rem; font-weight: 400; cursor: pointer; }
.choice input { flex: none; width: 1.35rem; height: 1.35rem; margin: 0; accent-color: var(--accent); }
dl { margin: 0 0 1rem; }
dt { font-weight: 600; }
dd { margin: 0; }
.ask { border-inline-start: 0.35rem solid var(--accent); }
textarea { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: 0.5rem;
  padding: 0.5rem 0.7rem; width: 100%; resize: vertical; }
button { font: inherit; font-weight: 600; color: var(--ink); background: var(--paper); border: 2px solid var(--soft);
  border-radius: 0.6rem; padding: 0.55rem 1.1rem; min-height: 3rem; max-width: 100%; cursor: pointer; }
button.main { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
.row { display: flex; flex-wrap: wrap; gap: 0.6rem; }
.talk { list-style: none; margin: 0; padding: 0; }
.talk li { border-radius: 0.75rem; padding: 0.7rem 1rem; margin: 0 0 0.75rem; max-width: 94%; width: fit-content; min-width: min(100%, 14rem); }
.talk .desk { background: var(--note); border-inline-start: 0.35rem solid var(--accent); }
.talk .you { background: var(--ground); border: 1px solid var(--line); margin-inline-start: auto; }
.by { margin: 0; }
.text { margin: 0; white-space: pre-wrap; }
.flash, .problem { background: var(--note); border-inline-start: 0.35rem solid var(--accent); border-radius: 0.5rem; padding: 0.7rem 1rem; }
.problem { border-color: var(--bad); color: var(--bad); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`
