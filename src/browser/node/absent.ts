// What libraries import and nothing in the page reaches: archives are decompressed before they are taken apart.
class Absent {
  constructor() {
    throw new Error('this is not part of the page');
  }
}

export { Absent as BrotliDecompress, Absent as StringDecoder, Absent as Unzip, Absent as ZstdDecompress };
