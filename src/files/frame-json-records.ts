import { JsonValuesFramer } from './frame-json-values.ts';

export class JsonRecordsFramer extends JsonValuesFramer {}
