/** Values nested deeper than this are refused; nothing that offrecord reads needs more than ten. */
export const DEPTH_LIMIT = 32;

export const TOO_DEEP = `values are nested more than ${DEPTH_LIMIT} deep`;

/** An error code of the YAML parser in plain words: the parser's own messages quote the text. */
export function explainYamlError(code: string): string {
  return EXPLANATIONS[code] ?? 'this is no valid YAML';
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias can have neither anchor nor tag',
  BAD_ALIAS: 'this is no valid alias',
  BAD_COLLECTION_TYPE: 'the tag does not fit the value',
  BAD_DIRECTIVE: 'this is no known YAML directive',
  BAD_DQ_ESCAPE: 'this escape is not valid in double quotes',
  BAD_INDENT: 'the indentation is wrong, or a bracket is not closed',
  BAD_PROP_ORDER: 'anchor and tag must stand before the value',
  BAD_SCALAR_START: 'a text that begins with this character must be quoted',
  BLOCK_AS_IMPLICIT_KEY: 'a key and its value must stand on a line of their own',
  BLOCK_IN_FLOW: 'a block cannot stand inside brackets',
  KEY_OVER_1024_CHARS: 'a key is longer than 1,024 characters',
  MISSING_CHAR: 'a `:`, a comma, a quote or a space is missing here',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line',
  MULTIPLE_ANCHORS: 'a value can have only one anchor',
  MULTIPLE_DOCS: 'the file holds more than one document (`---`); use one file for each, or a list',
  MULTIPLE_TAGS: 'a value can have only one tag',
  RESOURCE_EXHAUSTION: TOO_DEEP,
  TAB_AS_INDENT: 'indentation must be spaces, not tabs',
  TAG_RESOLVE_FAILED: 'this tag is unknown; tags are not used here',
  UNEXPECTED_TOKEN: 'this cannot stand here',
};
