// The adapter of json-schema-diff-validator, which judges the JSON text's edits by rules. It answers for one direction; the other is asked with the sides swapped.
// Its three options are on: a new enum value, a new anyOf or oneOf item and another order of items are compatible in the sense of the question.

import { AssertionError } from "node:assert";
import validator from "json-schema-diff-validator";
import { answer, sides } from "./answering.mjs";

const options = { allowNewEnumValues: true, allowNewOneOf: true, allowReorder: true };

await answer((question) => {
  const [before, after] = sides(question);
  try {
    validator.validateSchemaCompatibility(before, after, options);
    return "compatible";
  } catch (error) {
    if (error instanceof AssertionError) return "incompatible";
    throw error;
  }
});
