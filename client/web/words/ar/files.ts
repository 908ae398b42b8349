/** Arabic: photographs and voice notes. */
import type { LaterWords } from '../later/en.ts'

export const files: LaterWords['files'] = {
  photo: 'أرسل صورة',
  voice: 'قل شيئاً',
  hint: 'يمكن جلب كليهما لمدة أسبوع. تفقد الصورة ما كتبته الكاميرا فيها، ويبقى ما تُظهره.',
  speaking: (span) => `تكلم الآن، ${span} على الأكثر.`,
  stop: 'توقف وأرسل',
  noPicture: 'ليست هذه صورة يستطيع هذا المتصفح قراءتها.',
  noMicrophone: 'لا يسمح هذا المتصفح للصفحة باستعمال الميكروفون.',
  fetch: 'اجلبه',
  hear: 'اجلبه واسمعه',
  aPhoto: 'صورة',
  save: 'احفظه بلا قفل على هذا الجهاز',
  onItsWay: (done, of) => `في الطريق: ${done} من ${of}`,
  takeBack: 'لا ترسله',
}
