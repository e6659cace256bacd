import {
  findNodeAtLocation,
  getLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parse,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';

/** Keys and indexes from the root of a JSON text to a value in it. */
export type JsonPath = readonly PropertyKey[];

// This runs on the way to an error: JSON.parse() is fast but cannot tell a place.

/** Where a text that JSON.parse() refused goes wrong. */
export function describeSyntaxError(text: string): { line: number; expected: string; found: string } {
  if (text.startsWith('\ufeff')) {
    return { line: 1, expected: 'JSON as plain UTF-8', found: 'a byte order mark before it' };
  }
  const first = firstSyntaxError(text);
  if (first === undefined) return { line: 1, expected: 'a JSON document', found: 'something else' };
  return {
    line: lineAt(text, first.offset),
    expected: expectation(text, first),
    found: textAt(text, first.offset),
  };
}

/** The line of the value at `path`, or of the innermost object or list around it that exists. */
export function lineOfValue(text: string, path: JsonPath): number {
  return lineAt(text, nearestNode(text, path)?.offset ?? 0);
}

/** The line on which the key that ends `path` stands. */
export function lineOfKey(text: string, path: JsonPath): number {
  const node = nearestNode(text, path);
  return lineAt(text, (node?.parent?.type === 'property' ? node.parent : node)?.offset ?? 0);
}

/** The value at `path` as short text; `nothing` where the key is missing. */
export function describeValue(text: string, path: JsonPath): string {
  const root = tree(text);
  const node = root && findNodeAtLocation(root, steps(path));
  if (node === undefined) return 'nothing';
  if (node.type === 'object') return 'an object';
  if (node.type === 'array') return `a list of ${node.children?.length ?? 0}`;
  return shorten(JSON.stringify(getNodeValue(node)));
}

const EXPECTED: Readonly<Record<string, string>> = {
  InvalidSymbol: 'a JSON value',
  InvalidNumberFormat: 'a number',
  PropertyNameExpected: 'a key in double quotes',
  ValueExpected: 'a JSON value',
  ColonExpected: 'a colon',
  CommaExpected: 'a comma',
  CloseBraceExpected: 'a closing brace',
  CloseBracketExpected: 'a closing bracket',
  EndOfFileExpected: 'the end of the file',
  InvalidCommentToken: 'JSON without comments',
  UnexpectedEndOfComment: 'JSON without comments',
  UnexpectedEndOfString: 'a closing quote',
  UnexpectedEndOfNumber: 'a number with digits after its point or exponent',
  InvalidUnicode: 'four hex digits after each \\u of a string',
  InvalidEscapeCharacter: 'only \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u in a string',
  InvalidCharacter: 'no control character in a string',
};

function expectation(text: string, { error, offset }: ParseError): string {
  const code = printParseErrorCode(error);
  const isValue = code === 'InvalidSymbol' || code === 'ValueExpected';
  // The parser asks for a value wherever it finds none of the words that it knows.
  const name = isValue && getLocation(text, offset).isAtPropertyKey ? 'PropertyNameExpected' : code;
  return EXPECTED[name] ?? 'valid JSON';
}

function firstSyntaxError(text: string): ParseError | undefined {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    // The parser recurses: a text nested too deeply for it has no better place than its start.
    if (!(error instanceof RangeError)) throw error;
  }
  return errors[0];
}

function tree(text: string): Node | undefined {
  try {
    return parseTree(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
}

function nearestNode(text: string, path: JsonPath): Node | undefined {
  const root = tree(text);
  if (root === undefined) return undefined;
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(root, steps(path.slice(0, length)));
    if (node !== undefined) return node;
  }
  return root;
}

function steps(path: JsonPath): (string | number)[] {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}

/** The line of a character, counted from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

function textAt(text: string, offset: number): string {
  const rest = text.slice(offset).replace(/^[ \t\r\n]+/, '');
  if (rest === '') return 'the end of the file';
  return shorten(JSON.stringify(/^(?:\w+|.)/su.exec(rest)?.[0]));
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
