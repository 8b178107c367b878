declare module '*.css'

interface ImportMeta {
  /** what Vite knows of the build */
  readonly env: { readonly PROD: boolean }
}
