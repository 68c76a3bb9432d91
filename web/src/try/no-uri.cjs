// Stands in for Ajv's parser of URLs, which only schemas with `$id` or `$ref` need: a contract as the browser gets it has neither.

module.exports = { parse: () => ({}), serialize: () => "", resolve: (_base, reference) => reference };
