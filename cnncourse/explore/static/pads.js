// Padding by name along one axis, as cnncourse/shapes.py has it: for every explorer that needs it.

/** [before, after]: "valid"; "same", TensorFlow's rule; "torch_same", PyTorch's, at any stride;
 * "half", the floor of d (k − 1) / 2 at each end; "full". */
export function axisPads(rule, n, k, stride, dilation) {
  const reach = dilation * (k - 1);
  const half = Math.floor(reach / 2);
  if (rule === "torch_same") return [half, reach - half];
  if (rule === "half") return [half, half];
  if (rule === "full") return [reach, reach];
  if (rule === "valid") return [0, 0];
  const total = Math.max(0, (Math.ceil(n / stride) - 1) * stride + reach + 1 - n);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}
