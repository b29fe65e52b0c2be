"""What is the same in the source of all plans; ``$`` marks what is made from the tables.

``it`` is the record that is being read, ``iri`` the node in angle brackets, ``s`` the beginning of each of its lines.
What is called ``o_`` holds terms, ``f_`` whole lines; ``far`` are the articles that one which does not stand alone
hangs together with. Every JSON string is counted in ``strings``: where the line has more of them, a key stands twice
or an empty value was written out.
"""

from __future__ import annotations

from typing import Final

TEMPLATE: Final = """\
def lay(record, far=None):
    it = record.article
    id = it.id
    if is_slug(id) is None or id in reserved:
        raise Unsure
    entities = record.entities
    sources = record.sources
    events = record.events
    claims = record.claims
    statements = record.statements
    if entities or sources:
        ($own_tables), called = owned(id, record)
    else:
        ($own_tables) = nothing
        called = NONE
    published = dates[it.published]
    _, published_latest, o_published_edtf, o_published_earliest, o_published_latest = published
    if not o_published_earliest or not o_published_latest:
        raise Unsure
    strings = 7
    blocks = []
    digests = []
    iri = o_article = f"$article_iri"
    s = f"{iri} <"
    publisher = it.publisher
    o_language = languages[it.language]
    v = it.url
    if v is None:
        o_url = ""
    else:
        o_url = urls(v)
        strings += 2
    v = it.text
    if v is None:
        o_text_digest = o_text_length = ""
        length = LONG
    else:
        length = v.length
        v = v.sha256
        digests.append(v)
        o_text_digest = f"$text_digest"
        o_text_length = f"$text_length"
        strings += 4
    $article_lines

    event_iris = {slug: f"$event_iri" for slug in events}
    claim_iris = {slug: f"$claim_iri" for slug in claims}
    statement_iris = {slug: f"$statement_iri" for slug in statements}
    passages = {}
    voiced = {}
    $edges
    if far is not None:
        events, claims, statements, event_iris, claim_iris, statement_iris = far.seen(
            events, claims, statements, event_iris, claim_iris, statement_iris
        )
        ($own_tables), called = far.owned(id, owned)
        $far_edges
    if entities:
        strings += 1
        for slug, it in entities.items():
            slugs[slug]
            strings += 3
            iri = f"$place_iri" if it.type == "Place" else f"$agent_iri"
            s = f"{iri} <"
            o_types = s.join(entity_types[it.type])
            v = it.alias
            if v:
                o_alias, more = aliases(v)
                strings += more
            else:
                o_alias = ()
            if it.point is None:
                o_point = ""
            else:
                o_point = point(it.point)
                strings += 3
            $entity_lines

    if sources:
        strings += 1
        for slug, it in sources.items():
            slugs[slug]
            strings += 1
            iri = f"$source_iri"
            s = f"{iri} <"
            $source_lines

    if events:
        strings += 1
        for slug, it in events.items():
            slugs[slug]
            strings += 3
            iri = event_iris[slug]
            s = f"{iri} <"
            o_types = s.join(event_types[it.type])
            o_before = o_after = o_offset = ""
            v = it.date
            if v is None:
                o_date_edtf = o_date_earliest = o_date_latest = ""
            elif type(v) is str:
                strings += 2
                _, _, o_date_edtf, o_date_earliest, o_date_latest = dates[v]
            else:
                _, _, o_date_edtf, o_date_earliest, o_date_latest = relative(events, slug, published)
                strings += 3
                if v.before is not None:
                    o_before = event_iris[v.before]
                else:
                    o_after = event_iris[v.after]
                if v.by is not None:
                    o_offset = offsets[v.by]
                    strings += 2
            v = it.evidence
            if v:
                voiced[slug], more = evidence(id, o_article, v, length, passages, digests, blocks)
                strings += 1 + more
            $event_lines

    weighed = []
    links = []
    if claims:
        strings += 1
        for slug, it in claims.items():
            slugs[slug]
            strings += 1
            iri = claim_iris[slug]
            s = f"{iri} <"
            v = it.detail
            if v is None:
                o_detail = ""
            else:
                o_detail = details[v]
                strings += 2
            $claim_lines
            weighed.append((iri, o_detail, o_about))
            if o_entails or o_conflicts_with:
                links.append((iri, o_entails, o_conflicts_with))

    described = dict.fromkeys(voiced)
    made = set()
    stances = []
    hops_in_all = 0
    if statements:
        strings += 1
        for slug, it in statements.items():
            slugs[slug]
            if slug in events:
                raise Unsure
            strings += 6
            iri = statement_iris[slug]
            v = it.source
            o_source = $agent_found
            stance = it.stance
            v = it.claim
            o_relays = ""
            if v is not None:
                if it.event is not None or it.relays is not None or stance is None:
                    raise Unsure
                content = claim_iris[v]
                words = claims[v].text
                made.add(v)
            elif it.event is not None:
                if it.relays is not None or stance is None:
                    raise Unsure
                v = it.event
                words = events[v].label
                described[v] = None
                content = described_iri(id, v)
            else:
                v = it.relays
                if stance is None and it.certainty != "unstated":
                    raise Unsure
                o_relays = statement_iris[v]
                if $relayed_agent == o_source:
                    raise Unsure
                root = origin(statements, v)
                if root.claim is not None:
                    content = claim_iris[root.claim]
                    words = claims[root.claim].text
                else:
                    words = events[root.event].label
                    content = described_iri(id, root.event)
                $relays_edges[iri] = (o_relays,)
            block = it.evidence
            if type(block) is Evidence:
                strings += 5
                o_paragraph = block.paragraph
                o_start = block.start
                o_end = block.end
                v = block.sha256
                if o_end <= o_start or o_end > length or o_paragraph > length:
                    raise Unsure
                passage = f"$passage_iri"
                o_evidence = (passage,)
                if passage not in passages:
                    passages[passage] = v
                    digests.append(v)
                    s = f"{passage} <"
                    o_digest = v
                    $passage_lines
                elif passages[passage] != v:
                    raise Unsure
            else:
                o_evidence, more = evidence(id, o_article, block, length, passages, digests, blocks)
                strings += more
            s = f"{iri} <"
            if it.type is not None:
                strings += 2
            o_types = s.join(statement_types[it.type, stance])
            if stance is None:
                o_stance = o_certainty = o_claim = ""
            else:
                strings += 2
                o_stance = concepts[stance]
                v = it.certainty
                if v != "unstated":
                    strings += 2
                o_certainty = concepts[v]
                o_claim = content
                stances.append((content, stance))
            v = it.label
            if v:
                o_label = texts(v, $label_start)
                strings += 1 + 2 * len(v)
            elif stance is None:
                o_label = ""
            else:
                o_label = said(called.get(o_source) or names[o_source], middles[stance], words, $label_start)

            date = it.date
            dated = date is not None
            if dated:
                strings += 2
            v = it.via
            if v:
                strings += 1
                before = o_source
                hops = []
                for hop in v:
                    if type(hop) is str:
                        outlet = hop
                        strings += 1
                        hop = NO_HOP
                    else:
                        outlet = hop.outlet
                        strings += 2
                        hop = (hop.date, hop.stance, hop.certainty)
                        if hop[1] is None and hop[2] is not None:
                            raise Unsure
                        for one in hop:
                            if one is not None:
                                strings += 2
                        if hop[0] is not None:
                            dated = True
                    other = $outlet
                    if other == before:
                        raise Unsure
                    before = other
                    hops.append((other, outlet, hop))
                if before != o_publisher:
                    hops.append((o_publisher, publisher, NO_HOP))
                last = len(hops)
                if last > 99:
                    raise Unsure
            elif o_source != o_publisher:
                hops = ((o_publisher, publisher, NO_HOP),) if dated else ()
                last = 1
            else:
                hops = ()
                last = 0
            hops_in_all += last + 1
            if far is not None:
                far.links[iri] = last + 1
            if stance is not None and last and not dated and not o_relays:
                $usual_lines
            else:
                if dated:
                    days = chain(it, hops, published)
                    if date is not None and (it.responds_to or o_relays):
                        answers(it, statements)
                    _, _, o_date_edtf, o_date_earliest, o_date_latest = days[0]
                elif last:
                    o_date_edtf = o_date_earliest = ""
                    o_date_latest = o_published_latest
                else:
                    o_date_edtf = o_published_edtf
                    o_date_earliest = o_published_earliest
                    o_date_latest = o_published_latest
                o_reported_in = "" if last else o_article
                $statement_lines
            if hops:
                first = iri[:-1]
                o_reported_in = ""
                if not dated:
                    o_date_edtf = o_date_earliest = ""
                    o_date_latest = o_published_latest
                number = 0
                for o_source, outlet, hop in hops:
                    number += 1
                    o_relays = iri
                    iri = f"{first}.{number}-{outlet}>"
                    s = f"{iri} <"
                    if dated:
                        _, _, o_date_edtf, o_date_earliest, o_date_latest = days[number]
                    elif number == last:
                        o_date_edtf = o_published_edtf
                        o_date_earliest = o_published_earliest
                        o_date_latest = o_published_latest
                    if number == last:
                        o_reported_in = o_article
                    stance = hop[1]
                    if stance is None:
                        $plain_lines
                    else:
                        o_types = s.join(statement_types[None, stance])
                        o_stance = concepts[stance]
                        o_certainty = concepts[hop[2] or "unstated"]
                        o_claim = content
                        stances.append((content, stance))
                        o_label = said(called.get(o_source) or names[o_source], middles[stance], words, $label_start)
                        $hop_lines
            elif last:
                o_relays = iri
                s = f"{iri[:-1]}.1-{publisher}> <"
                $publisher_lines

    if far is not None:
        described = far.described(id, described)
    elif len(made) != len(claims) or ($relays_edges and hops_in_all > 100):
        raise Unsure
    if described:
        for slug in described:
            o_about = event_iris[slug]
            iri = o_claim = described_iri(id, slug)
            s = f"{iri} <"
            $described_lines
            weighed.append((o_claim, "", (o_about,)))
            if slug in voiced:
                stances.append((o_claim, "asserts"))
                s = f"$described_statement_iri <"
                o_source = o_publisher
                o_stance = "$asserts"
                o_certainty = "$unstated"
                words = events[slug].label
                o_label = said(called.get(o_source) or names[o_source], middles["asserts"], words, $label_start)
                o_evidence = voiced[slug]
                $voice_lines

    for v in digests:
        if len(v) != 64:
            raise Unsure
    v = "".join(digests)
    if from_hex(v).hex() != v:
        raise Unsure
    blocks.sort()
    if far is not None:
        stand = far.keep(id, event_iris, claim_iris, made, weighed, links, stances)
    else:
        $circles
        stand = standings(event_iris, weighed, links, stances)
    return id, "".join(blocks), stand, strings
"""
