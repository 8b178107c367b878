import { LANGUAGES, type Language } from '../words.ts'

const KEY = 'proximal.language'

const remembered = (): string | null => {
  try {
    return localStorage.getItem(KEY)
  } catch {
    // Some browsers forbid it to pages from files, or altogether.
    return null
  }
}

/** The language that the visitor chose before, or the one of the browser. */
export const languageOf = (): Language =>
  LANGUAGES.find((language) => language === remembered()) ??
  (navigator.language.startsWith('zh') ? 'zh' : 'en')

export const rememberLanguage = (language: Language): void => {
  try {
    localStorage.setItem(KEY, language)
  } catch {
    // It is asked for again the next time.
  }
}
