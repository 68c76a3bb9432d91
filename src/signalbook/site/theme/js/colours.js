// Before the first paint, so that nothing flashes: the colours that the reader chose last time.
try {
  const chosen = localStorage.getItem("signalbook-colours");
  if (chosen) document.documentElement.dataset.colours = chosen;
} catch {
  // No storage: the colours of the system.
}
