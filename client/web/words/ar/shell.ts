/** Arabic: the edge of every screen, the first screen of a committee, the room, and what several screens say. */
import type { Words } from '../en.ts'
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('ar')

export const common: Words['common'] = {
  back: 'رجوع',
  close: 'أغلق',
  cancel: 'لا تفعل',
  send: 'أرسل',
  save: 'احفظ',
  copy: 'انسخ',
  copied: 'نُسخ.',
  hear: 'اسمعه',
  stop: 'توقف',
  you: 'أنت',
  yes: 'نعم',
  no: 'لا',
  wait: 'لحظة.',
  notFetched: 'تعذر جلب هذه الصفحة. ابحث عن اتصال وحمّلها من جديد.',
  again: 'حمّل من جديد',
  sent: 'أُرسل.',
  notSent: 'لم يُرسل - اتصل!',
  notSentHint: 'محفوظ على هذا الجهاز، ويخرج حالما يمكن الوصول إلى الخادم.',
  left: (span) => `بقي ${span}`,
  timeOver: 'انتهى وقته',
  ago: (span) => `قبل ${span}`,
  by: (name) => `من ${isolated(name)}`,
  and: 'المزيد',
}

export const shell: Words['shell'] = {
  skip: 'إلى المحتوى',
  lock: 'أقفل',
  safety: 'الأمان',
  nav: 'الأماكن',
  now: 'الآن',
  talk: 'الحديث',
  alarm: 'إنذار',
  decide: 'القرار',
  us: 'نحن',
  committees: 'كل اللجان',
  invite: 'ادعُ شخصاً',
  forget: 'أزلها من هذا الجهاز',
  forgetSure: 'يذهب ما قرأته وكتبته هناك من هذا الجهاز.',
  hide: 'إخفاء',
  hidden: { shifts: ['صباح', 'مساء', 'ليل', 'راحة'], back: 'المزيد' },
  names: { shifts: 'مناوبات', notes: 'ملاحظات', shopping: 'مشتريات' },
  connection: {
    offline: 'لا اتصال',
    catching_up: 'يقرأ الجديد',
    live: 'متصل',
    alarm: 'ضُبط الخادم وهو يكذب',
  },
  unsent: (n) =>
    plural(n, {
      one: 'شيء واحد لم يُرسل - اتصل!',
      two: 'شيئان لم يُرسلا - اتصل!',
      few: '# أشياء لم تُرسل - اتصل!',
      many: '# شيئاً لم يُرسل - اتصل!',
      other: '# شيء لم يُرسل - اتصل!',
    }),
  read: (n) =>
    plural(n, {
      one: 'قُرئ مدخل واحد',
      two: 'قُرئ مدخلان',
      few: 'قُرئت # مداخل',
      many: 'قُرئ # مدخلاً',
      other: 'قُرئ # مدخل',
    }),
  alarms: (n) =>
    plural(n, {
      zero: 'لا إنذار',
      one: 'إنذار واحد',
      two: 'إنذاران',
      few: '# إنذارات',
      many: '# إنذاراً',
      other: '# إنذار',
    }),
  talking: 'ما زلتم تتحدثون. تبدأ اللجنة بتصويت الجميع.',
  probation: 'أنت جديد: تقرأ وتكتب، ويُحسب صوتك لاحقاً.',
  status: {
    stuck: 'فقد هذا الجهاز الخيط. يطلب المساعدة من الآخرين وحده، فأبقه متصلاً.',
    removed: 'لم تعد في هذه اللجنة: تحدث مع الآخرين وجهاً لوجه.',
    left: 'خرجتَ من هذه اللجنة.',
    parted: 'انتهى هذا الحديث، وذهب كلٌّ في طريقه.',
    lost: 'غاب هذا الجهاز أطول مما يجب. يدخلك عضوان يلتقيان بك من جديد.',
    copied: 'يكتب أحدهم بنسخة مما هو محفوظ هنا، فتوقف هذا الجهاز. أخبر الآخرين وجهاً لوجه.',
    outdated: 'تستعمل اللجنة قواعد لا يعرفها هذا الإصدار: أعد تحميل الصفحة.',
    cutOff: (name) => `قطع ${isolated(name)} هذا الهاتف. ما زلت عضواً: التقِ باثنين من الآخرين.`,
    cutOffSelf: 'قطعتَ هذا الهاتف من هاتف آخر لك: لا يعرف شيئاً جديداً.',
  },
}

export const now: Words['now'] = {
  title: 'الآن',
  empty: 'لا شيء ينتظرك. وقت جيد لمعاودة الاتصال بأحد.',
  needed: 'أحدهم يحتاج إلينا',
  practice: 'إنذار للتدريب',
  waiting: 'ينتظرك',
  week: 'الاجتماعات',
  fresh: 'جديد',
  posts: (n) =>
    plural(n, {
      zero: 'لا رسائل جديدة',
      one: 'رسالة جديدة',
      two: 'رسالتان جديدتان',
      few: '# رسائل جديدة',
      many: '# رسالة جديدة',
      other: '# رسالة جديدة',
    }),
  invite: (name) => `${isolated(name)} ينتظر: قارنا الكلمات`,
  inviteNobody: 'أحدهم ينتظر: قارنا الكلمات',
  report: 'عليك تقرير',
  drill: (answered, of) => `آخر تدريب: أجاب ${answered} من ${of} خلال عشر دقائق.`,
  noDrill: 'لا تدريب بعد. تدرّبوا على إنذار مرة في الشهر.',
  alone: 'أنت وحدك هنا. ادعُ الأول وجهاً لوجه.',
  seen: (seen, of) => `رآه ${seen} من ${of}`,
  onIt: (n) =>
    plural(n, {
      one: 'واحد يتولاه',
      two: 'اثنان يتوليانه',
      few: '# يتولونه',
      many: '# يتولونه',
      other: '# يتولونه',
    }),
  nobodyOnIt: 'لا أحد يتولاه بعد.',
}

export const talk: Words['talk'] = {
  title: 'الحديث',
  empty: 'لم يكتب أحد بعد.',
  label: 'اكتب للجميع هنا',
  placeholder: '',
  reply: 'أجب',
  replies: (n) =>
    plural(n, {
      zero: 'لا أجوبة',
      one: 'جواب واحد',
      two: 'جوابان',
      few: '# أجوبة',
      many: '# جواباً',
      other: '# جواب',
    }),
  answering: 'الأجوبة',
  to: (name) => `إلى ${isolated(name)}`,
  unseen: 'جواب عن شيء من قبل مجيئك',
  older: 'أظهر الأقدم',
  newer: 'أظهر الأحدث',
  fresh: 'الجديد من هنا',
  alarm: 'إنذار',
  motion: 'اقتراح',
  gone: 'لم يعد هذا محفوظاً هنا.',
}
