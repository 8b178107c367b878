import { sha256 } from '@noble/hashes/sha2.js'

const LIGHT =
  '--page:#f6f7f8;--card:#fff;--edge:#e3e6e9;--ink:#1b1f24;--soft:#5d6670;--grid:#e8eaed;--axis:#8a939c;--line:#0b62c4;--dots:#74a9e6;--dim:.6'
const DARK =
  '--page:#101316;--card:#181c20;--edge:#2a3036;--ink:#e8ebee;--soft:#9aa4ae;--grid:#272d33;--axis:#6b757f;--line:#7db5ff;--dots:#4f8ed8;--dim:.65'

/** The colours, in light and in dark, for `root`; paper is light. */
const colours = (root: string): string =>
  `${root}{${LIGHT}}@media screen and (prefers-color-scheme:dark){${root}{${DARK}}}`

const MARKS =
  '.tick{font-size:11px;fill:var(--soft);font-variant-numeric:tabular-nums}.nothing{font-size:13px;fill:var(--soft)}' +
  '.grid{stroke:var(--grid)}.zero,.axis{stroke:var(--axis)}' +
  '.line{fill:none;stroke:var(--line);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}' +
  '.edge{fill:none;stroke:var(--dots);stroke-width:1;stroke-opacity:var(--dim)}' +
  '.dots{fill:none;stroke:var(--dots);stroke-width:3.2;stroke-linecap:round;stroke-opacity:var(--dim)}'

const FONT = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif'

/** The style of a chart that stands alone. */
export const CHART_STYLE = `${colours('svg')}svg{font-family:${FONT}}.card{fill:var(--card)}.title{font-size:16px;font-weight:600;fill:var(--ink)}.note{font-size:12px;fill:var(--soft)}${MARKS}`

/** The style of a report. */
export const PAGE_STYLE = `${colours(':root')}
:root{color-scheme:light dark}
*{box-sizing:border-box}
body{margin:0;padding:32px 20px 48px;background:var(--page);color:var(--ink);font:15px/1.5 ${FONT}}
main{max-width:1080px;margin:0 auto}
h1{margin:0;font-size:30px;line-height:1.2;letter-spacing:-.01em;overflow-wrap:anywhere}
h2{margin:40px 0 12px;font-size:18px}
header p{margin:6px 0 0;color:var(--soft);overflow-wrap:anywhere}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:24px 0 0}
.figures div,figure,.card{background:var(--card);border:1px solid var(--edge);border-radius:10px}
.figures div{padding:12px 16px}
dt{color:var(--soft);font-size:13px}
dd{margin:2px 0 0;font-size:22px;font-weight:600;font-variant-numeric:tabular-nums;line-height:1.3;overflow-wrap:anywhere}
dd small{display:block;color:var(--soft);font-size:13px;font-weight:400}
figure{margin:0;padding:14px 14px 8px;break-inside:avoid;min-width:0}
figcaption{display:flex;flex-wrap:wrap;gap:0 12px;justify-content:space-between;align-items:baseline;margin:0 2px 6px}
figcaption b{font-weight:600}
figcaption span{color:var(--soft);font-size:13px;font-variant-numeric:tabular-nums}
svg{display:block;width:100%;height:auto}
.narrow{display:none}
.first{margin-top:12px}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr));gap:12px;margin-top:12px}
${MARKS}
.card{padding:4px 16px;overflow-x:auto}
ul.card{margin:0;padding:10px 16px 10px 34px}
table{width:100%;border-collapse:collapse;font-size:14px}
th,td{padding:7px 12px 7px 0;text-align:left;vertical-align:top;border-top:1px solid var(--edge);overflow-wrap:anywhere}
thead th,table:not(:has(thead)) tr:first-child>*{border-top:0}
thead th{color:var(--soft);font-weight:400;font-size:13px}
tbody th{font-weight:400}
td{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:13px}
details{margin-top:12px}
summary{cursor:pointer;padding:8px 0;color:var(--soft)}
summary:focus-visible{outline:2px solid var(--line);outline-offset:2px}
footer{margin-top:40px;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
@media (max-width:640px){body{padding:20px 14px 32px}h1{font-size:24px}.wide{display:none}.narrow{display:block}.figures{grid-template-columns:1fr 1fr;gap:8px}.figures div{padding:10px 12px}dd{font-size:18px}figure{padding:12px 8px 6px}}
@media print{body{padding:0;background:#fff}.charts{grid-template-columns:1fr 1fr}details::details-content{content-visibility:visible;block-size:auto}summary{list-style:none}}
`

/** A content security policy that allows a page nothing but this style. */
export const stylePolicy = (style: string): string =>
  `default-src 'none'; style-src 'sha256-${btoa(String.fromCharCode(...sha256(new TextEncoder().encode(style))))}'`
