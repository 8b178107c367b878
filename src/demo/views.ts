import type { ViewEntry } from './view.ts'

/** The views in the order of the navigation; the first is the one that opens. */
export const views: readonly ViewEntry[] = [
  {
    id: 'arena',
    title: { en: 'Arena', zh: '赛场' },
    load: () => import('./arena/view.ts').then(({ view }) => view),
  },
  {
    id: 'curves',
    title: { en: 'Curves', zh: '曲线' },
    load: () => import('./curves/view.ts').then(({ view }) => view),
  },
  {
    id: 'anatomy',
    title: { en: 'Anatomy', zh: '剖析' },
    load: () => import('./anatomy/view.ts').then(({ view }) => view),
  },
  {
    id: 'time',
    title: { en: 'Time', zh: '时间' },
    load: () => import('./time/view.ts').then(({ view }) => view),
  },
  {
    id: 'teach',
    title: { en: 'Teach', zh: '教学' },
    load: () => import('./teach/view.ts').then(({ view }) => view),
    isOfRun: false,
  },
  {
    id: 'backends',
    title: { en: 'Backends', zh: '后端' },
    load: () => import('./backends/view.ts').then(({ view }) => view),
  },
]
