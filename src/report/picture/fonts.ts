/** The font of every picture, as files that npm installs: no machine is relied on to have one. */
export const FONT_FILES = {
  normal: '@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2',
  bold: '@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff2',
} as const;
