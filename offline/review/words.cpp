#include "offline/review/words.h"

#include <span>

namespace gongji::review {

namespace {

struct Named {
  std::string_view id, zh, en;
};

Words find(std::span<const Named> names, std::string_view id) {
  for (const Named& each : names) {
    if (each.id == id) return {std::string(each.zh), std::string(each.en)};
  }
  return both(std::string(id));
}

constexpr Named categories[] = {
    {"on_job", "在职", "on-job"},
    {"retired", "退休", "retired"},
    {"retired_by_2000", "2000年底前退休", "retired by 2000"},
    {"insured", "参保人", "insured"},
};

constexpr Named benefits[] = {
    {"op", "普通门诊", "outpatient"},
    {"chronic", "门诊慢性病", "chronic disease"},
    {"special", "门诊特殊病", "special disease"},
    {"emergency", "急诊抢救", "emergency"},
    {"negotiated", "国家谈判药品", "negotiated drugs"},
    {"day_surgery", "日间手术", "day surgery"},
    {"two_disease", "高血压、糖尿病门诊用药", "hypertension and diabetes"},
    {"special_drug", "门诊特药", "special drugs"},
    {"inpatient", "住院", "inpatient"},
};

constexpr Named med_types[] = {
    {"11", "普通门诊", "outpatient"},
    {"12", "门诊挂号", "registration"},
    {"13", "急诊", "emergency visit"},
    {"1301", "急诊抢救", "emergency rescue"},
    {"14", "门诊慢特病", "chronic and special"},
    {"18", "特药", "special drugs"},
    {"21", "普通住院", "inpatient"},
    {"28", "日间手术", "day surgery"},
    {"9901", "高血压、糖尿病", "hypertension, diabetes"},
};

constexpr Named groups[] = {
    {"ordinary", "普通居民", "ordinary"},
    {"newborn", "新生儿", "newborn"},
    {"at_risk_of_poverty", "易返贫致贫人口", "at risk of poverty"},
    {"returned_to_poverty", "返贫致贫人口", "returned to poverty"},
    {"destitute", "特困人员", "destitute"},
    {"low_income", "低保对象", "low income"},
    {"other_hardship", "其他困难人员", "other hardship"},
    {"child", "儿童", "child"},
    {"pupil", "学生", "pupil"},
    {"disabled", "残疾人", "disabled"},
    {"elderly", "老年人", "elderly"},
    {"working_age", "其他居民", "working age"},
};

}  // namespace

Words category_words(std::string_view id) {
  return find(categories, id);
}
Words benefit_words(std::string_view id) {
  return find(benefits, id);
}
Words med_type_words(std::string_view med_type) {
  return find(med_types, med_type);
}
Words group_words(std::string_view group) {
  return find(groups, group);
}

void WordList::add(const Words& words) {
  if (!words_.empty()) words_ += {"、", ", "};
  words_ += words;
}

}  // namespace gongji::review
