// One question on standard input, one answer on standard output: what all adapters in JavaScript share. See answering.py.

export async function answer(ask) {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const question = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  const start = process.hrtime.bigint();
  let said = "error";
  let note = "";
  try {
    said = await ask(question);
  } catch (error) {
    note = `${error.name}: ${error.message}`.slice(0, 300);
  }
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  process.stdout.write(JSON.stringify({ said, note, seconds }));
}

export function sides({ old, new: fresh, direction }) {
  return direction === "backward" ? [old, fresh] : [fresh, old];
}
