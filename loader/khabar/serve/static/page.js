// What every page has: the switch of the theme.
const theme = document.querySelector("#theme");

function kept() {
  try {
    return localStorage.getItem("khabar-theme") ?? "auto";
  } catch {
    return "auto";
  }
}

if (theme) {
  theme.value = kept();
  theme.closest("li").hidden = false;
  theme.addEventListener("change", () => {
    const chosen = theme.value;
    if (chosen === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    try {
      localStorage.setItem("khabar-theme", chosen);
    } catch {
      // The choice then lasts as long as the page.
    }
  });
}
