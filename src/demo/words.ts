/** The languages of the page. */
export const LANGUAGES = ['en', 'zh'] as const

export type Language = (typeof LANGUAGES)[number]

/** Texts of a view in each language. */
export type Words<T> = { readonly [L in Language]: T }

/** Texts, or functions that make them: the Chinese ones have the type of the English ones. */
export const words = <const T>(all: {
  readonly en: T
  readonly zh: NoInfer<Loose<T>>
}): Words<Loose<T>> => all as Words<Loose<T>>

/** The type of texts without the texts themselves. */
export type Loose<T> = T extends string
  ? string
  : T extends (...given: infer A) => string
    ? (...given: A) => string
    : { readonly [K in keyof T]: Loose<T[K]> }
