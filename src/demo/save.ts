/** Offers a file to the visitor. */
export const saveFile = (name: string, type: string, content: BlobPart): void => {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download holds the content by itself once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
