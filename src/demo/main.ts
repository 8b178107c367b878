import { startPage } from './shell/page.ts'

startPage(document.querySelector<HTMLElement>('#app')!)
