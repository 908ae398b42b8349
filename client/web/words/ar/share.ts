/** Arabic: what leaves the committee about an alarm, and alarms that are one. */
import type { LaterWords } from '../later/en.ts'
import { formatsOf, isolated } from '../plural.ts'

const { plural } = formatsOf('ar')

export const share: LaterWords['share'] = {
  title: 'أخبر المدينة',
  how: 'يجب أن يتحقق منه اثنان، ونصوت على الكلمات. التصويت على ما في المعاينة بالضبط.',
  checked: (n) =>
    plural(n, {
      zero: 'لم يتحقق أحد بعد',
      one: 'تحقق منه واحد',
      two: 'تحقق منه اثنان',
      few: 'تحقق منه #',
      many: 'تحقق منه #',
      other: 'تحقق منه #',
    }),
  spoke: 'تحدثت مع الشخص',
  saw: 'رأيته بنفسي',
  isMe: 'الأمر عنك: ماذا يجوز أن تعرف المدينة؟',
  consent: 'الأمر عن شخص هنا. هو وحده يقول ما يجوز أن تعرفه المدينة عنه.',
  may: { name: 'اسمي', workplace: 'مكان عملي' },
  mayHint: 'يمكنك تغييره في كل وقت. يُطلب من المدينة أن تخفيه، ولا يخرج شيء بعد ذلك؛ وما قرأه أحد فقد قرأه.',
  allowed: {
    both: 'يسمح بالاسم ومكان العمل.',
    name: 'يسمح بالاسم، لا بمكان العمل.',
    workplace: 'يسمح بمكان العمل، لا بالاسم.',
    none: 'لا يسمح بالاسم ولا بمكان العمل.',
  },
  duty: 'ما يراه المناوبون في المدينة',
  dutyShow: 'اعرضه',
  exactly: 'هذا بالضبط ما سيرونه:',
  notChecked: 'لم يُتحقق منه بعد.',
  demand: 'بماذا نطالب؟',
  ask: 'ماذا نطلب من الآخرين؟',
  workplace: 'أي مكان عمل؟ اتركه فارغاً إن لم يُسمح به.',
  preview: 'اعرض ما سيقرؤونه',
  empty: 'قل بماذا نطالب، وماذا يستطيع الآخرون أن يفعلوا.',
  put: 'اطرح هذه الكلمات للتصويت',
  question: 'هل نخبر المدينة؟',
  clear: 'لا شيء يمنع.',
  inTheWay: 'يمنعه:',
  gaps: {
    not_checked_by_two: 'يجب أن يكون اثنان منا قد تحدثا مع الشخص، أو رأيا ما حدث.',
    workplace_not_allowed: 'لم يسمح الشخص بذكر مكان العمل.',
  },
  leaks: {
    handle: 'اسم',
    time: 'وقت دقيق',
    people: 'عدد الناس',
    shift: 'وردية',
    device: 'جهاز',
  },
  leak: (what, found) => `لا ينبغي أن يقرأ أحد في الخارج: ${what} ${isolated(found)}`,
  table: {
    first: '{severity}: {kind}. {code}، {sector}، {area}؛ نحو {hour}.',
    workplace: 'مكان العمل: {it}',
    name: 'الاسم: {it}',
    needed: 'المطلوب: {it}',
    checked: 'تحدث اثنان مع الشخص، أو رأيا ما حدث.',
  },
  noCity: 'لسنا في مدينة بعد: لا يمكن إخبار أحد خارج هذه اللجنة.',
  join: 'هو نفس إنذار آخر',
  joinHint: 'يستمر واحد ويرن واحد، لا اثنان. يقول ذلك من أطلقه، أو اثنان آخران.',
  joinWhich: 'أيهما يستمر؟',
  drill: (seen, of) => `تدريب: رآه ${seen} من ${of} خلال عشر دقائق.`,
}
