import type { Colour, Picture, Point, Shape } from '../../picture/picture.ts'

const css = ([r, g, b]: Colour): string => `rgb(${r} ${g} ${b})`

const trace = (pen: CanvasRenderingContext2D, points: readonly Point[]): void => {
  pen.beginPath()
  points.forEach(([x, y], i) => (i === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)))
}

const drawShape = (pen: CanvasRenderingContext2D, shape: Shape): void => {
  if (shape.kind === 'polyline') {
    pen.strokeStyle = css(shape.stroke)
    pen.lineWidth = shape.width
    pen.lineCap = 'round'
    pen.lineJoin = 'round'
    trace(pen, shape.points)
    pen.stroke()
    return
  }
  pen.fillStyle = css(shape.fill)
  if (shape.kind === 'rect') {
    pen.fillRect(shape.x, shape.y, shape.width, shape.height)
    return
  }
  if (shape.kind === 'circle') {
    pen.beginPath()
    pen.arc(shape.x, shape.y, shape.radius, 0, 2 * Math.PI)
  } else {
    trace(pen, shape.points)
    pen.closePath()
  }
  pen.fill('evenodd')
}

/** Draws a picture over all of a canvas, as sharp as the display is. */
export const drawOn = (canvas: HTMLCanvasElement, picture: Picture): void => {
  const pen = canvas.getContext('2d')
  if (pen === null) return
  const { width, height, background, shapes } = picture
  const scale = (Math.max(1, canvas.clientWidth) * Math.min(2, devicePixelRatio)) / width
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)]
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
  }
  pen.setTransform(w / width, 0, 0, h / height, 0, 0)
  pen.fillStyle = css(background)
  pen.fillRect(0, 0, width, height)
  for (const shape of shapes) drawShape(pen, shape)
}
