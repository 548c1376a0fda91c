// page_style.h — the style sheet of the page; internal.
#pragma once

#include <string_view>

namespace gongji::replay {

inline constexpr std::string_view page_style = R"css(
:root { color-scheme: light dark; --paper: #fbfaf7; --ink: #22252a; --soft: #6b7078; --line: #d9d6ce; --card: #ffffff;
  --base: #8b97a8; --other: #2563a8; --gain: #1a7f64; --lose: #c2571a; --same: #a9adb3; }
@media (prefers-color-scheme: dark) { :root { --paper: #17191d; --ink: #e7e5e0; --soft: #9aa0a8; --line: #363a41;
  --card: #1f2227; --base: #78859a; --other: #5d9be0; --gain: #45b794; --lose: #e88a4d; --same: #6b7078; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, "PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }
main { max-width: 1060px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 1.5rem; margin: 0 0 4px; line-height: 1.25; }
h2 { font-size: 1.15rem; margin: 40px 0 6px; }
p { margin: 4px 0 10px; } .soft { color: var(--soft); font-size: .92rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(215px, 1fr)); gap: 12px; margin: 20px 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
.card b { display: block; font-size: 1.4rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.card > span { color: var(--soft); font-size: .88rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th, td { padding: 5px 10px 5px 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { color: var(--soft); font-weight: 500; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.t { white-space: nowrap; } table.many { font-size: .84rem; }
tr.sum td { font-weight: 600; border-top: 2px solid var(--ink); }
.up { color: var(--gain); } .down { color: var(--lose); }
figure { margin: 10px 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--ink); font-size: 14px; } svg text.small { font-size: 12.5px; fill: var(--soft); }
.middle { text-anchor: middle; } .end { text-anchor: end; } .start { text-anchor: start; }
.axis { stroke: var(--soft); stroke-width: 1; } .grid { stroke: var(--line); stroke-width: 1; }
rect.base { fill: var(--base); } rect.other { fill: var(--other); } rect.gain { fill: var(--gain); }
rect.lose { fill: var(--lose); } rect.same { fill: var(--same); } rect.sum { fill: var(--ink); }
.key { display: inline-block; width: .8em; height: .8em; border-radius: 2px; margin: 0 .35em 0 1em; }
.key.base { background: var(--base); } .key.other { background: var(--other); }
.key.gain { background: var(--gain); } .key.lose { background: var(--lose); }
@media print { body { background: none; } figure, .card { break-inside: avoid; } }
)css";

}  // namespace gongji::replay
