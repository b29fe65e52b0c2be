// Runs before the page is drawn, so that no other theme flashes up.
(() => {
  try {
    const theme = localStorage.getItem("khabar-theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Without storage the theme is the system's.
  }
})();
