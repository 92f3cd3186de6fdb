/** As built, the homepage asks nobody: it waits a while and puts the prompt into a template. */
export async function mock(text, { echo }) {
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const topic = text.trim().replace(/[.!?]+$/, "");
  const enhanced_text = [
    "Act as an expert in this subject with years of practice.",
    `Think it through step by step, then: ${topic}.`,
    "Structure the answer with short headings, give one concrete example, and end with what to do next.",
  ].join("\n\n");
  const techniques = ["Role prompting", "Step by step", "Structured output"];
  return { ok: true, status: 200, data: { enhanced_text: echo ? text : enhanced_text, techniques } };
}
