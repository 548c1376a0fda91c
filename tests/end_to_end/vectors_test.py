"""What docs/vectors promises a vendor: the claims there, put to `gongji quote`, get the answers there."""

import json
import unittest

from gongji_process import ROOT, run

FILES = sorted((ROOT / "docs" / "vectors").glob("*.jsonl"))


class Vectors(unittest.TestCase):
    def test_the_claims_in_the_tree_get_the_answers_in_the_tree(self):
        self.assertEqual(len(FILES), 12)
        for file in FILES:
            rows = [json.loads(line, parse_float=str) for line in file.read_text(encoding="utf-8").splitlines()]
            claims = "".join(json.dumps(row["claim"], ensure_ascii=False) + "\n" for row in rows)
            for language in ("zh", "en"):
                with self.subTest(file=file.name, language=language):
                    done = run("gongji", "quote", "--explain", language, text_in=claims)
                    answers = [json.loads(line, parse_float=str) for line in done.stdout.splitlines()]
                    self.assertEqual(len(answers), len(rows))
                    for row, answer in zip(rows, answers):
                        told = [step.pop("text") for step in answer.get("trace", [])]
                        if "refused" in answer:
                            told = [answer["refused"]["message"]]
                            if language == "en":
                                answer["refused"]["message"] = row["answer"]["refused"]["message"]
                        self.assertEqual(answer, row["answer"], row["name"])
                        self.assertEqual(told, row["explain"][language], row["name"])


if __name__ == "__main__":
    unittest.main()
