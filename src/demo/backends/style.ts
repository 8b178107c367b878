import { PAGE_STYLE } from '../../report/style.ts'

const LIGHT = '--wasm:#0b62c4;--js:#0b62c4;--webgpu:#c2410c;--webgl2:#15803d;--headlessgl:#7e22ce'
const DARK = '--wasm:#7db5ff;--js:#7db5ff;--webgpu:#fb923c;--webgl2:#4ade80;--headlessgl:#c084fc'

/** That of a report, and what this page has beside it. */
export const STYLE = `${PAGE_STYLE}
:root{${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
h1{font-size:28px}
.verdict{margin:24px 0 12px;padding:14px 16px;font-size:17px;font-weight:600}
.verdict p{margin:2px 0}
.card+.card,figure+.card,.card+figure{margin-top:12px}
.speeds td,.speeds thead th:not(:first-child){text-align:right;white-space:nowrap}
.speeds td{font-size:14px}
.speeds th,.speeds td{padding:8px 0 8px 12px}
.speeds th:first-child{padding-left:0}
.speeds small{display:block;color:var(--soft);font-size:11px;line-height:1.2}
.what th{white-space:nowrap;width:1%;padding-right:20px}
.what td{font-family:inherit;font-size:14px}
.absent>*{color:var(--soft)}
.key{display:inline-block;width:10px;height:10px;margin-right:7px;border-radius:50%}
.no{visibility:hidden}
.series{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.whiskers{fill:none;stroke-width:1.5;stroke-opacity:.45}
.points{stroke:none}
.name{font-size:12px;font-weight:600}
.note{color:var(--soft);font-size:13px;margin:8px 2px 0}
progress{display:block;width:100%;height:8px;margin:24px 0 8px;accent-color:var(--line)}
@media (max-width:640px){.speeds small{display:none}.speeds th,.speeds td{padding-left:6px}.speeds td{font-size:12px}.verdict{font-size:15px}}
`
