"""Sales as a vendor's program sends them: invented persons, goods of the catalogue, inputs of 1101, 2101, 2102, 2103."""

import datetime
import decimal
import json
import pathlib
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CARDS = json.loads((ROOT / "card" / "vcard" / "persons.json").read_text(encoding="utf-8"))["persons"]

CLINIC = "H42010000001"
PHARMACY = "P42010000001"

# Codes and names of the catalogue that the daemon reads; classes and upper prices are the catalogue's business.
ASPIRIN = "XB01ACA056A012020279489"  # class A
BENIDIPINE = "XC08CAB037A001020180517"  # class B
MESALAZINE = "XA07ECM053E013010305815"  # class A, dear

CENT = decimal.Decimal("0.01")
CHINA = datetime.timezone(datetime.timedelta(hours=8))  # civil time at the point of care


def now_text():
    return datetime.datetime.now(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def today():
    return datetime.datetime.now(CHINA).strftime("%Y-%m-%d")


def wait_out_midnight():
    """Tests speak of today and take less than a minute: none begins in the last minute of a day."""
    while datetime.datetime.now(CHINA).strftime("%H:%M") == "23:59":
        time.sleep(0.5)


def yuan(value):
    """An amount from JSON (number or string) as an exact decimal with two places."""
    return decimal.Decimal(str(value)).quantize(CENT)


def line(number, code, price, count="1", prescription=False):
    """One drugdetail row; the amount is price x count, half up."""
    amount = (decimal.Decimal(price) * decimal.Decimal(count)).quantize(CENT, decimal.ROUND_HALF_UP)
    return {
        "feedetl_sn": str(number),
        "rxno": "",
        "rx_circ_flag": "1" if prescription else "0",
        "fee_ocur_time": now_text(),
        "med_list_codg": code,
        "medins_list_codg": code,
        "det_item_fee_sumamt": str(amount),
        "cnt": count,
        "pric": price,
    }


def credential(name):
    """The card of an invented person, as numbers passed in text."""
    card = CARDS[name]
    return {"mdtrt_cert_type": "03", "mdtrt_cert_no": card["card_no"], "card_sn": card["card_identifier"]}


READ_CARD = json.dumps({"gongji": {"read": "card"}})


def person_input(name=None, read_card=False):
    """Input of 1101, by numbers or by the card in this till's reader."""
    data = {"mdtrt_cert_type": "03", "mdtrt_cert_no": "", "card_sn": "", "psn_cert_type": "01", "certno": "", "psn_name": ""}
    if read_card:
        data["exp_content"] = READ_CARD
    else:
        data.update(credential(name))
    return {"data": data}


def sale_input(name, psn_no, lines, account="1", med_type="11", read_card=False, total=None):
    """Input of 2101 and 2102."""
    card = CARDS[name]
    druginfo = {
        "psn_no": psn_no,
        **credential(name),
        "psn_cert_type": "01",
        "certno": card["certno"],
        "psn_type": "11",
        "psn_name": card["name"],
        "begntime": now_text(),
        "medfee_sumamt": str(total if total is not None else sum(yuan(row["det_item_fee_sumamt"]) for row in lines)),
        "insutype": "310",
        "dise_codg": "",
        "dise_name": "",
        "acct_used_flag": account,
        "med_type": med_type,
    }
    if read_card:
        druginfo.update({"mdtrt_cert_no": "", "card_sn": "", "exp_content": READ_CARD})
    return {"druginfo": druginfo, "drugdetail": lines}


CLASSES = {ASPIRIN: "01", BENIDIPINE: "02", MESALAZINE: "01"}


def api_sale(name, lines, account="1", med_type="11"):
    """Body of POST /api/v1/sales for the same rows; here the sender says the class."""
    members = ("feedetl_sn", "med_list_codg", "pric", "cnt", "det_item_fee_sumamt")
    goods = [
        {
            **{member: row[member] for member in members},
            "name": "demo",
            "kind": "drug",
            "chrgitm_lv": CLASSES[row["med_list_codg"]],
            "selfpay_prop": None,
            "pric_uplmt_amt": None,
            "excluded": False,
        }
        for row in lines
    ]
    visit = {"med_type": med_type, "region": "local", "rx_circ_flag": "0", "rx_hosp_lv": None, "diseases": [], "place": None}
    claim = {"begntime": now_text(), "visit": visit, "acct_used_flag": account, "lines": goods}
    return {"credential": credential(name), "opter": "01", "claim": claim}


def cancel_input(setlinfo):
    """Input of 2103 for a sale that 2102 answered."""
    return {"data": {"setl_id": setlinfo["setl_id"], "mdtrt_id": setlinfo["mdtrt_id"], "psn_no": setlinfo["psn_no"]}}


def state_of(setlinfo):
    """What stands in exp_content: state, seq, as_of."""
    return json.loads(setlinfo["exp_content"])["gongji"]
