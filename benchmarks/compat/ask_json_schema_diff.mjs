// The adapter of json-schema-diff, which reads draft-07 as it is. It says what values were added, and what values were removed.

import jsonSchemaDiff from "json-schema-diff";
import { answer } from "./answering.mjs";

await answer(async ({ old, new: fresh, direction }) => {
  const found = await jsonSchemaDiff.diffSchemas({ sourceSchema: old, destinationSchema: fresh });
  const broken = direction === "backward" ? found.removalsFound : found.additionsFound;
  return broken ? "incompatible" : "compatible";
});
