/** Let the page live between two pieces of work. */
export const breath = () => new Promise((resolve) => setTimeout(resolve, 0));
