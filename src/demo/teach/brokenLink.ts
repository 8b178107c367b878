import { html, nothing, type TemplateResult } from 'lit-html'

/** What is wrong with a link, and what happens instead; nothing where it is whole. */
export const brokenLink = (
  problem: string | null,
  say: { readonly broken: string; readonly instead: string },
): TemplateResult | typeof nothing =>
  problem === null
    ? nothing
    : html`<section class="card pad problem" role="alert">
        <strong>${say.broken}</strong>
        <p class="small mono">${problem}</p>
        <p class="small">${say.instead}</p>
      </section>`
