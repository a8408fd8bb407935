"""No judgement changes without a version that says so: audits explain differences by versions."""

from golden.judged import recorded, today


def test_the_same_versions_judge_the_same() -> None:
    versions, digest = today()
    kept_versions, kept_digest = recorded()
    if versions == kept_versions:
        assert digest == kept_digest, (
            "judgements changed under the same versions: raise REVISION in agents/judge.py, "
            "then run `python tests/golden/judged.py`"
        )
    assert versions == kept_versions, "other versions judge now: run `python tests/golden/judged.py`"
