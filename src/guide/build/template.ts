import { escaped } from '../../report/text.ts'
import type { Language, Text } from './pages.ts'

export interface Link {
  readonly href: string
  readonly title: string
}

/** A page of the guide around its content; links are relative to it. */
export interface Frame {
  readonly language: Language
  readonly title: string
  readonly content: string
  /** guide.css */
  readonly style: string
  /** the page that trains */
  readonly demo: string
  /** the guide's first page */
  readonly index: string
  readonly translation: { readonly language: Language; readonly href: string } | null
  readonly previous: Link | null
  readonly next: Link | null
}

const words = {
  guide: { en: 'Guide', zh: '指南' },
  demo: { en: 'Try it', zh: '动手试试' },
  skip: { en: 'Skip to the text', zh: '跳到正文' },
  site: { en: 'Site', zh: '站点' },
  steps: { en: 'Steps', zh: '步骤' },
  previous: { en: 'Previous', zh: '上一步' },
  next: { en: 'Next', zh: '下一步' },
} as const satisfies { readonly [name: string]: Text }

const TAGS: Text = { en: 'en', zh: 'zh-Hans' }
const NAMES: Text = { en: 'English', zh: '中文' }

const alternate = ({ language, href }: NonNullable<Frame['translation']>): string =>
  `<a class="language" href="${escaped(href)}" lang="${TAGS[language]}" hreflang="${TAGS[language]}">${NAMES[language]}</a>`

const stepLink = (rel: string, name: string, link: Link | null): string =>
  link === null
    ? ''
    : `<a class="${rel}" rel="${rel}" href="${escaped(link.href)}"><small>${name}</small> ${escaped(link.title)}</a>`

/** The whole HTML of a page, without scripts. */
export const pageHtml = (frame: Frame): string => {
  const { language, title, content, style, demo, index, translation, previous, next } = frame
  const say = (name: keyof typeof words): string => words[name][language]
  const steps =
    previous === null && next === null
      ? ''
      : `<nav class="steps" aria-label="${say('steps')}">${stepLink('prev', say('previous'), previous)}${stepLink('next', say('next'), next)}</nav>`
  return `<!doctype html>
<html lang="${TAGS[language]}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${escaped(style)}">
<title>${escaped(title)} · Proximal</title>
</head>
<body>
<a class="skip" href="#text">${say('skip')}</a>
<header class="top">
<a class="brand" href="${escaped(demo)}">Proximal</a>
<nav class="views" aria-label="${say('site')}"><a href="${escaped(index)}">${say('guide')}</a><a href="${escaped(demo)}">${say('demo')}</a></nav>
${translation === null ? '' : alternate(translation)}
</header>
<main id="text" class="guide">
${content}${steps}
</main>
</body>
</html>
`
}
