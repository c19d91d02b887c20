(function () {
  "use strict";
  // Written for the oldest browsers that offices still use: no syntax newer than ES5, nodes made one by one, no markup from data.
  var data = JSON.parse(document.getElementById("data").textContent);
  var words = data.words, columns = data.columns, states = data.states, rules = data.rules, count = data.count, schools = data.schools;
  var PAGE = 100, PARTS = ["q", "u", "s", "v", "r", "o", "p"];
  var texts = null, chosen = [], page = 0, timer = 0;
  var field = {};

  function at(id) { return document.getElementById(id); }
  function placed(column) {
    var runs = column.runs, at = [], i, n;
    if (!runs) { return; }
    for (i = 0; i < runs.length; i += 2) { for (n = 0; n < runs[i + 1]; n += 1) { at.push(runs[i]); } }
    column.at = at;
  }
  function unpacked() {
    var name, numbers = columns.number, i, said = [], digits = 0;
    for (name in columns) { if (columns.hasOwnProperty(name)) { placed(columns[name]); } }
    for (i = 0; i < columns.message.length; i += 1) { placed(columns.message[i]); }
    if (!numbers.steps) { return; }
    placed(numbers.letters);
    for (i = 0; i < count; i += 1) {
      digits += numbers.steps[i];
      said.push(numbers.letters.values[numbers.letters.at[i]] + (digits < 1000 ? ("000" + digits).slice(-4) : digits));
    }
    columns.number = {values: said, at: said.map(function (_, row) { return row; })};
  }
  function message(row) {
    var parts = columns.message, said = parts[0].at[row] ? rules[columns.rule.at[row]][1] : "", i;
    for (i = 1; i < parts.length; i += 1) { said += parts[i].values[parts[i].at[row]]; }
    return said;
  }
  function of(column, row) { return columns[column].values[columns[column].at[row]]; }
  function source(row) { return of("sheet", row) + of("cell", row); }
  function put(text, values) {
    return text.replace(/\{(\w)\w*\}/g, function (whole, first) { return values.hasOwnProperty(first) ? values[first] : whole; });
  }
  function node(name, text, kind) {
    var made = document.createElement(name);
    if (text !== undefined && text !== null) { made.appendChild(document.createTextNode(text)); }
    if (kind) { made.className = kind; }
    return made;
  }
  function clear(element) { while (element.firstChild) { element.removeChild(element.firstChild); } }

  function text(row) {
    if (!texts) { texts = new Array(count); }
    if (texts[row] === undefined) {
      var rule = rules[columns.rule.at[row]];
      texts[row] = [of("number", row), of("unit", row), of("name", row), of("key", row), states[columns.state.at[row]][2],
        message(row), source(row), rule[0], rule[3], of("change", row)].join("\n").toLowerCase();
    }
    return texts[row];
  }

  // --- what is asked for stands in the address, so that it can be sent on ------------------------

  function asked() {
    var found = {}, parts = location.hash.replace(/^#/, "").split("&"), i, pair;
    for (i = 0; i < parts.length; i += 1) {
      pair = parts[i].split("=");
      if (pair.length === 2 && PARTS.indexOf(pair[0]) >= 0) {
        try { found[pair[0]] = decodeURIComponent(pair[1].replace(/\+/g, " ")); } catch (broken) { found[pair[0]] = pair[1]; }
      }
    }
    return found;
  }
  function address(query) {
    var parts = [], i;
    for (i = 0; i < PARTS.length; i += 1) {
      if (query[PARTS[i]]) { parts.push(PARTS[i] + "=" + encodeURIComponent(query[PARTS[i]])); }
    }
    return parts.length ? "#" + parts.join("&") : "#list";
  }

  function holding(key) {
    for (var i = 0; i < schools.length; i += 1) { if (schools[i][0] === key) { return i; } }
    return -1;
  }
  function choose(query) {
    var terms = (query.q || "").toLowerCase().split(/[\s\u3000]+/), found = [], row, i, fits;
    var unit = query.u ? columns.unit.values.indexOf(query.u) : -1;
    var key = query.o ? columns.key.values.indexOf(query.o) : -1;
    var holder = query.o ? holding(query.o) : -1;
    for (row = 0; row < count; row += 1) {
      if (query.u && columns.unit.at[row] !== unit) { continue; }
      if (query.o && columns.key.at[row] !== key && columns.holder.at[row] !== holder) { continue; }
      if (query.s && states[columns.state.at[row]][0] !== query.s) { continue; }
      if (query.r && rules[columns.rule.at[row]][0] !== query.r) { continue; }
      if (query.v && rules[columns.rule.at[row]][7] !== query.v) { continue; }
      fits = true;
      for (i = 0; fits && i < terms.length; i += 1) { fits = !terms[i] || text(row).indexOf(terms[i]) >= 0; }
      if (fits) { found.push(row); }
    }
    return found;
  }

  // --- the table ---------------------------------------------------------------------------------

  function line(row) {
    var tr = node("tr", null, "s-" + states[columns.state.at[row]][0]), state = states[columns.state.at[row]];
    var first = node("td", null, "no"), button = node("button", of("number", row));
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    button.onclick = function () { unfold(tr, row, button); };
    first.appendChild(button);
    tr.appendChild(first);
    tr.appendChild(node("td", of("unit", row)));
    tr.appendChild(node("td", of("name", row)));
    tr.appendChild(node("td", state[1] + " " + state[2], "state"));
    tr.appendChild(node("td", message(row)));
    tr.appendChild(node("td", source(row), "src"));
    return tr;
  }
  function unfold(tr, row, button) {
    var next = tr.nextSibling;
    if (next && next.className === "detail") {
      tr.parentNode.removeChild(next);
      button.setAttribute("aria-expanded", "false");
      return;
    }
    tr.parentNode.insertBefore(detail(row), next);
    button.setAttribute("aria-expanded", "true");
  }
  function detail(row) {
    var rule = rules[columns.rule.at[row]], tr = node("tr", null, "detail"), td = node("td"), dl = node("dl");
    function tell(name, said) { if (said) { dl.appendChild(node("dt", words[name])); dl.appendChild(node("dd", said)); } }
    td.colSpan = 6;
    tell("do", rule[6]);
    tell("why", message(row));
    tell("required", of("required", row));
    tell("clause", rule[3] + (rule[2] ? put(words.quote, {q: rule[2]}) : ""));
    tell("source", source(row) || words.not_reported);
    tell("due", of("due", row));
    tell("offices", [rule[4], rule[5]].join(" ").replace(/^ | $/g, ""));
    tell("disagree", words.answer);
    td.appendChild(dl);
    var school = schools[columns.holder.at[row]];
    if (school[0]) {
      var link = node("a", put(words.school, {n: school[1]}));
      link.href = address({o: school[0]});
      td.appendChild(link);
    }
    tr.appendChild(td);
    return tr;
  }
  function school(query) {
    var box = at("school"), i, all = 0, failed = 0, unknown = 0, later = 0, allowed = 0, state, link;
    var whose = schools[holding(query.o)], passed = whose ? whose[2] : 0;
    clear(box);
    if (!query.o || !chosen.length) { return; }
    for (i = 0; i < chosen.length; i += 1) {
      state = states[columns.state.at[chosen[i]]][0];
      if (state === "advisory") { continue; }
      all += 1;
      if (state === "overdue" || state === "late" || state === "fail") { failed += 1; }
      else if (state === "unknown" || state === "unknown_overdue") { unknown += 1; }
      else if (state === "not_due") { later += 1; }
      else if (state === "deferred") { allowed += 1; }
    }
    box.appendChild(node("span", put(words.school_head, {n: whose ? whose[1] : of("name", chosen[0]),
      u: of("unit", chosen[0]), a: all + passed, p: passed, f: failed, d: unknown})
      + (later ? put(words.later, {n: later}) : "") + (allowed ? put(words.allowed, {n: allowed}) : "") + " "));
    link = node("a", words.all);
    link.href = "#list";
    box.appendChild(link);
  }
  function draw(query) {
    var body = at("rows").tBodies[0], pages = at("pages"), from = page * PAGE, until = Math.min(from + PAGE, chosen.length), i, tr;
    clear(body);
    for (i = from; i < until; i += 1) {
      tr = line(chosen[i]);
      body.appendChild(tr);
      if (query.o) { body.appendChild(detail(chosen[i])); }
    }
    clear(at("found"));
    at("found").appendChild(node("span", chosen.length ? put(words.found, {n: chosen.length}) : words.none));
    clear(pages);
    if (chosen.length > PAGE) {
      pages.appendChild(turn(words.before, page - 1, query));
      pages.appendChild(node("span", " " + put(words.page, {a: from + 1, b: until}) + " "));
      pages.appendChild(turn(words.after, page + 1, query));
    }
    school(query);
  }
  function turn(word, to, query) {
    var button = node("button", word);
    button.type = "button";
    button.disabled = to < 0 || to * PAGE >= chosen.length;
    button.onclick = function () { query.p = to ? String(to + 1) : ""; go(query); at("list").scrollIntoView(); };
    return button;
  }

  function go(query) {
    var wanted = address(query);
    if (location.hash === wanted) { show(); } else { location.hash = wanted; }
  }
  function show() {
    var query = asked(), i, name;
    for (i = 0; i < 5; i += 1) {
      name = PARTS[i];
      if (field[name].value !== (query[name] || "")) { field[name].value = query[name] || ""; }
    }
    chosen = choose(query);
    page = Math.max(0, Math.min(parseInt(query.p || "1", 10) - 1 || 0, Math.ceil(chosen.length / PAGE) - 1));
    draw(query);
  }
  function changed() {
    var query = {}, i;
    for (i = 0; i < 5; i += 1) { query[PARTS[i]] = field[PARTS[i]].value; }
    go(query);
  }
  function anchored() {
    var target = location.hash.length > 1 && at(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.open = true; target.scrollIntoView(); }
    return location.hash.indexOf("=") < 0;
  }
  function arrived() {
    if (!anchored()) { show(); at("list").scrollIntoView(); } else if (location.hash === "#list") { show(); }
  }
  function options(select, entries) {
    var i, option;
    for (i = 0; i < entries.length; i += 1) {
      option = node("option", entries[i][1]);
      option.value = entries[i][0];
      select.appendChild(option);
    }
  }

  function start() {
    var i, used = {}, list = [];
    document.documentElement.className += " js";
    unpacked();
    for (i = 0; i < 5; i += 1) { field[PARTS[i]] = at(PARTS[i]); }
    options(field.u, columns.unit.values.slice().sort(function (a, b) {
      return data.units.indexOf(a) - data.units.indexOf(b);
    }).map(function (name) { return [name, name]; }));
    for (i = 0; i < count; i += 1) { used[columns.state.at[i]] = true; }
    options(field.s, states.filter(function (_, position) { return used[position]; }).map(function (state) { return [state[0], state[2]]; }));
    options(field.v, data.severities);
    for (i = 0; i < rules.length; i += 1) { list.push([rules[i][0], rules[i][1]]); }
    options(field.r, list);
    at("print").onclick = function () {
      document.documentElement.className += " whole";
      window.print();
      document.documentElement.className = document.documentElement.className.replace(" whole", "");
    };
    at("search").onsubmit = function () { changed(); return false; };
    field.q.oninput = function () { clearTimeout(timer); timer = setTimeout(changed, 200); };
    field.u.onchange = field.s.onchange = field.v.onchange = field.r.onchange = changed;
    window.onhashchange = arrived;
    show();
    arrived();
  }
  start();
}());
