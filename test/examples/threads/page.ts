const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })

worker.addEventListener('message', ({ data }: MessageEvent<string>) => {
  const output = document.createElement('output')
  output.textContent = data
  const line = document.createElement('p')
  line.append(output)
  document.body.append(line)
})
