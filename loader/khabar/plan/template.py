"""What is the same in the source of all plans; ``$`` marks what is made from the tables."""

from __future__ import annotations

from typing import Final

TEMPLATE: Final = """\
def lay(record):
    it = record.article
    id = it.id
    slugs[id]
    if id in reserved:
        raise Unsure
    entities, sources, events, claims, statements = (
        record.entities, record.sources, record.events, record.claims, record.statements
    )
    if entities or sources:
        ($own_tables) = own = owned(id, record)
        called = called_of(record, own)
    else:
        ($own_tables) = nothing
        called = NONE
    # The article, its texts and its references; every key and every text of the record is counted in strings.
    published = dates[it.published]
    if published.earliest is None or published.latest is None:
        raise Unsure
    strings = 7
    $article_fields
    publisher = it.publisher
    iri = o_article = f"$article_iri"
    o_published_edtf, o_published_earliest, o_published_latest = published.text, published.first, published.last
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
        if len(v.sha256) != 64 or v.sha256.strip(HEX):
            raise Unsure
        o_text_digest = f'"{v.sha256}"'
        o_text_length = f'"{length}"^^<$integer>'
        strings += 4
    subject = f"{iri} <"
    $article_lines
    blocks = [subject.join(tails)]

    event_iris = {slug: f"$event_iri" for slug in events}
    claim_iris = {slug: f"$claim_iri" for slug in claims}
    statement_iris = {slug: f"$statement_iri" for slug in statements}
    passages = {}
    voiced = {}
    texts_of = {}
    $edges
    if entities:
        strings += 1
        for slug, it in entities.items():
            slugs[slug]
            strings += 3
            iri = f"$place_iri" if it.type == "Place" else f"$agent_iri"
            $entity_fields
            o_types = entity_types[it.type]
            v = it.alias
            if v:
                o_alias, more = aliases(v)
                strings += more
            else:
                o_alias = ()
            o_point = "" if it.point is None else point(it.point)
            if o_point:
                strings += 3
            subject = f"{iri} <"
            $entity_lines
            blocks.append(subject.join(tails))

    if sources:
        strings += 1
        for slug, it in sources.items():
            slugs[slug]
            strings += 1
            iri = f"$source_iri"
            $source_fields
            o_label = o_described_as
            subject = f"{iri} <"
            $source_lines
            blocks.append(subject.join(tails))

    if events:
        strings += 1
        hanging = {}
        for slug, it in events.items():
            slugs[slug]
            strings += 3
            iri = event_iris[slug]
            o_types = event_types[it.type]
            $event_fields
            texts_of[iri] = o_label
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
                o_evidence, more = evidence(id, v, length, passages)
                strings += more
                voiced[slug] = o_evidence
            subject = f"{iri} <"
            $event_lines
            blocks.append(subject.join(tails))

    weighed = []
    links = []
    if claims:
        strings += 1
        for slug, it in claims.items():
            slugs[slug]
            strings += 1
            iri = claim_iris[slug]
            $claim_fields
            texts_of[iri] = o_label = o_text
            v = it.detail
            if v is None:
                o_detail = ""
            else:
                o_detail = details[v]
                strings += 2
            weighed.append((iri, v, o_about))
            if o_entails or o_conflicts_with:
                links.append((iri, o_entails, o_conflicts_with))
            subject = f"{iri} <"
            $claim_lines
            blocks.append(subject.join(tails))

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
            strings += 3
            iri = statement_iris[slug]
            v = it.source
            o_source = $agent_found
            stance = it.stance
            certainty = it.certainty
            if certainty != "unstated":
                strings += 2
            v = it.claim
            o_relays = ""
            if v is not None:
                if it.event is not None or it.relays is not None or stance is None:
                    raise Unsure
                content = claim_iris[v]
                words = claims[v].text
                made.add(v)
                strings += 2
            elif it.event is not None:
                if it.relays is not None or stance is None:
                    raise Unsure
                slug_of_statement, slug = slug, it.event
                words = events[slug].label
                described[slug] = None
                content = f"$described_claim_iri"
                slug = slug_of_statement
                strings += 2
            else:
                v = it.relays
                if stance is None and certainty != "unstated":
                    raise Unsure
                o_relays = statement_iris[v]
                if $relayed_agent == o_source:
                    raise Unsure
                strings += 2
                root = origin(statements, v)
                if root.claim is not None:
                    content = claim_iris[root.claim]
                    words = claims[root.claim].text
                else:
                    slug_of_statement, slug = slug, root.event
                    words = events[slug].label
                    content = f"$described_claim_iri"
                    slug = slug_of_statement
            $statement_fields
            if o_relays:
                $relays_edges[iri] = (o_relays,)
            o_evidence, more = evidence(id, it.evidence, length, passages)
            strings += more
            if it.type is not None:
                strings += 2
            o_types = statement_types[it.type, stance]
            if stance is None:
                o_stance = o_certainty = o_claim = ""
            else:
                strings += 2
                o_stance = concepts[stance]
                o_certainty = concepts[certainty]
                o_claim = content
                stances.append((content, stance))
            v = it.label
            if v:
                o_label = texts(v)
                strings += 1 + 2 * len(v)
            elif stance is None:
                o_label = ()
            else:
                v = called.get(o_source)
                o_label = said(names(o_source, stance) if v is None else names_of(v, stance), words)

            hops = []
            dated = it.date is not None
            if dated:
                strings += 2
            v = it.via
            before = o_source
            if v:
                strings += 1
                for hop in v:
                    if type(hop) is str:
                        outlet = hop
                        strings += 1
                        hop = (None, None, None)
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
            hops_in_all += len(hops) + 1
            if len(hops) > 99:
                raise Unsure
            if dated:
                days = chain(it, hops, published)
                if it.date is not None and (it.responds_to or o_relays):
                    answers(it, statements)
                _, _, o_date_edtf, o_date_earliest, o_date_latest = days[0]
            elif hops:
                days = None
                o_date_edtf = o_date_earliest = ""
                o_date_latest = published.last
            else:
                _, _, o_date_edtf, o_date_earliest, o_date_latest = published
            o_reported_in = "" if hops else o_article
            subject = f"{iri} <"
            $statement_lines
            blocks.append(subject.join(tails))
            if hops:
                first = iri[:-1]
                o_relays = iri
                number = 0
                last = len(hops)
                for o_source, outlet, hop in hops:
                    number += 1
                    iri = f"{first}.{number}-{outlet}>"
                    if dated:
                        _, _, o_date_edtf, o_date_earliest, o_date_latest = days[number]
                    elif number == last:
                        _, _, o_date_edtf, o_date_earliest, o_date_latest = published
                    if number == last:
                        o_reported_in = o_article
                    subject = f"{iri} <"
                    stance = hop[1]
                    if stance is None:
                        $plain_lines
                    else:
                        o_types = statement_types[None, stance]
                        o_stance = concepts[stance]
                        o_certainty = concepts[hop[2] or "unstated"]
                        o_claim = content
                        stances.append((content, stance))
                        v = called.get(o_source)
                        o_label = said(names(o_source, stance) if v is None else names_of(v, stance), words)
                        $hop_lines
                    blocks.append(subject.join(tails))
                    o_relays = iri

    if len(made) != len(claims):
        raise Unsure
    if $relays_edges and hops_in_all > 100:
        raise Unsure
    if described:
        for slug in described:
            o_about = event_iris[slug]
            o_label = o_text = texts_of[o_about]
            o_claim = f"$described_claim_iri"
            subject = f"{o_claim} <"
            $described_lines
            blocks.append(subject.join(tails))
            weighed.append((o_claim, None, (o_about,)))
            if slug in voiced:
                o_source = o_publisher
                o_stance = "$asserts"
                o_certainty = "$unstated"
                stances.append((o_claim, "asserts"))
                v = called.get(o_source)
                words = events[slug].label
                o_label = said(names(o_source, "asserts") if v is None else names_of(v, "asserts"), words)
                _, _, o_date_edtf, o_date_earliest, o_date_latest = published
                o_evidence = voiced[slug]
                o_reported_in = o_article
                iri = f"$described_statement_iri"
                subject = f"{iri} <"
                $voice_lines
                blocks.append(subject.join(tails))

    for iri, (block, o_digest) in passages.items():
        subject = f"{iri} <"
        o_paragraph = f'"{block.paragraph}"^^<$integer>'
        o_start = f'"{block.start}"^^<$integer>'
        o_end = f'"{block.end}"^^<$integer>'
        $passage_lines
        blocks.append(subject.join(tails))

    $circles
    blocks.sort()
    return id, "".join(blocks), standings(event_iris, weighed, links, stances), strings
"""
