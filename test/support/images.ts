import sharp from 'sharp';

/** An image of one colour, as somebody might choose it for a logo. */
export function png(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: '#c82020' } })
    .png()
    .toBuffer();
}
