/** Arabic: who holds which role, handing it on, reports, and asking to call somebody back. */
import type { LaterWords } from '../later/en.ts'
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('ar')

export const roles: LaterWords['roles'] = {
  title: 'من يتولى ماذا',
  lead: 'من يفعل شيئاً من أجلنا يفعله لمدة. لا أحد فوق أحد.',
  empty: 'لا أحد يتولى دوراً بعد.',
  role: {
    delegate: 'مندوب',
    alternate: 'مندوب بديل',
    minder: 'قيّم الصندوق',
    panel: 'عضو لجنة المال',
    marshal: 'منظِّم',
    liaison: 'صلة وصل',
    facilitator: 'مدير الجلسة',
    note_taker: 'كاتب المحضر',
    duty: 'مناوب',
  },
  speaks: (name) => `يتكلم ${isolated(name)} باسمنا في أماكن أخرى الآن.`,
  until: (day) => `حتى ${day}`,
  over: (day) => `انتهى وقته منذ ${day}`,
  suspended: 'موقوف',
  inRow: (n) =>
    plural(n, {
      one: 'مدة واحدة',
      two: 'مدتان متتاليتان',
      few: '# مدد متتالية',
      many: '# مدة متتالية',
      other: '# مدة متتالية',
    }),
  asked: (n) =>
    plural(n, {
      one: 'يطلب واحد منا سحب دوره',
      two: 'يطلب اثنان منا سحب دوره',
      few: 'يطلب # منا سحب دوره',
      many: 'يطلب # منا سحب دوره',
      other: 'يطلب # منا سحب دوره',
    }),
  handover: 'كلمة لمن يأتي بعده',
  handOn: 'سلّمه لغيرك',
  handOnSure: 'لا تتولاه بعد ذلك. إن كنت المندوب يحل البديل محلك فوراً.',
  note: 'ما يجب أن يعرفه من يأتي بعدك',
  leaveNote: 'اترك الكلمة واستمر',
  reports: { owed: 'عليه تقرير', missed: 'لم يصل التقرير', given: 'قدّم التقرير' },
  due: (when) => `حتى ${when}`,
  others: (text) => `الآخرون: ${text}`,
  comesBack: (text) => `ما يعود إلينا: ${text}`,
  report: 'قدّم التقرير',
  said: 'ماذا قلت باسمنا؟',
  voted: 'كيف صوّت الآخرون؟',
  back: 'ماذا يعود إلينا؟',
  owe: 'عليه تقرير لنا',
  about: 'عمّ كان؟',
  callBack: 'اطلب سحب دوره',
  callBackHint: 'حين يطلبه ثلثنا نصوّت عليه. لا صوت له في ذلك.',
  why: 'لماذا',
  takeBack: 'لم أعد أطلبه',
  isAsked: 'يطلبه ثلثنا، أو ينقص تقريران: يمكن طرحه للتصويت.',
  putRecall: 'اطرحه للتصويت',
  take: 'تولَّ شيئاً لمدة',
  which: 'أيّ واحد؟',
  days: 'كم المدة؟',
  dayCount: (n) =>
    plural(n, { one: 'يوم واحد', two: 'يومان', few: '# أيام', many: '# يوماً', other: '# يوم' }),
  elect: 'اطلب من الآخرين انتخاب شخص',
  electHint: 'المندوب والبديل وقيّم الصندوق وعضو لجنة المال يُنتخبون.',
  questions: 'أسئلة لنا جميعاً',
  calm: 'لا شيء يتراكم عند أحد.',
  warnings: {
    many_roles: (name) => `يتولى ${isolated(name)} عدة أدوار. من يأخذ واحداً؟`,
    long_service: (name) => `تولّاه ${isolated(name)} عدة مرات متتالية. من التالي؟`,
    proposes_most: (name) => `يطرح ${isolated(name)} معظم الاقتراحات. ماذا يريد الآخرون؟`,
    not_heard: (name) => `لم نسمع من ${isolated(name)} منذ شهر. اسألوه.`,
    reports_missed: (name) => `لم يقدّم ${isolated(name)} تقريره. هل نسحب دوره؟`,
  },
}
