// A small pop-up menu: arrow keys move, Enter chooses, Escape closes and gives the focus back.

let open = null;

export function closeMenu({ refocus = true } = {}) {
  if (!open) return;
  const { menu, opener, leave } = open;
  open = null;
  document.removeEventListener("pointerdown", leave, true);
  menu.remove();
  opener.setAttribute("aria-expanded", "false");
  if (refocus) opener.focus();
}

// Items: {label, name?, glyph?, danger?, choose}. `align` is "start" or "end" of the opener.
export function openMenu(opener, items, { align = "start", label = "" } = {}) {
  const again = open?.opener === opener;
  closeMenu({ refocus: false });
  if (again) return;
  const menu = document.createElement("div");
  menu.className = `menu ${align}`;
  menu.setAttribute("role", "menu");
  if (label) menu.setAttribute("aria-label", label);
  menu.append(...items.map(makeItem));
  opener.after(menu);
  opener.setAttribute("aria-expanded", "true");
  keepInside(menu, opener);
  const leave = (event) => {
    if (!menu.contains(event.target) && !opener.contains(event.target)) {
      closeMenu({ refocus: false });
    }
  };
  document.addEventListener("pointerdown", leave, true);
  menu.addEventListener("keydown", (event) => steer(event, menu));
  open = { menu, opener, leave };
  menu.firstElementChild?.focus();
}

export function glyph(name) {
  const picture = document.createElement("span");
  picture.className = `glyph ${name}`;
  picture.setAttribute("aria-hidden", "true");
  return picture;
}

function makeItem(item) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("role", "menuitem");
  button.tabIndex = -1;
  if (item.danger) button.classList.add("danger");
  if (item.name) button.dataset.item = item.name;
  if (item.glyph) button.append(glyph(item.glyph));
  button.append(item.label);
  button.addEventListener("click", () => {
    closeMenu();
    item.choose();
  });
  return button;
}

function keepInside(menu, opener) {
  const room = opener.closest(".scroll");
  if (!room) return;
  const space = room.getBoundingClientRect().bottom - opener.getBoundingClientRect().bottom;
  if (space < menu.offsetHeight + 12) menu.classList.add("above");
}

function steer(event, menu) {
  const items = [...menu.children];
  const place = items.indexOf(document.activeElement);
  const moves = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: items.length - 1 };
  if (event.key in moves) {
    event.preventDefault();
    items.at(moves[event.key] % items.length)?.focus();
  } else if (event.key === "Escape") {
    event.stopPropagation();
    closeMenu();
  } else if (event.key === "Tab") {
    closeMenu({ refocus: false });
  }
}
