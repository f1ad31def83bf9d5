/** The style sheet of the report of a load: light, or dark where the reader's system is. */

export const LOAD_STYLE = `
:root { color-scheme: light dark; --text: #1c1e21; --faint: #667; --rule: #d5d8dd; --page: #fff;
  --c0: #0b62c4; --c1: #b3541e; --c2: #2f7d32; --c3: #8a2be2; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e8eb; --faint: #9aa; --rule: #3a3f46; --page: #16181c;
    --c0: #6cb0ff; --c1: #ff9d5c; --c2: #7ad17d; --c3: #c79bff; }
}
body { font: 15px/1.45 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { padding: .25rem .8rem .25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule); }
.facts td:first-child { color: var(--faint); } .facts td + td { overflow-wrap: anywhere; }
.figures th, .figures td { text-align: right; font-variant-numeric: tabular-nums; }
svg { width: 100%; height: auto; } svg text { font-size: 12px; fill: var(--faint); }
.left { text-anchor: end; } .below { text-anchor: middle; } .above { text-anchor: start; }
.grid { stroke: var(--rule); } .axis { stroke: var(--faint); fill: none; } .line { fill: none; stroke-width: 2; }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); }
.dot { fill: var(--page); stroke-width: 2; }
`;
