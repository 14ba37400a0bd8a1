"""Words of Spanish subjects, all folded: which ask, which complain, and which never make a keyword."""

import re

from mailbot.rules.fold import fold, words


def _set(text: str) -> frozenset[str]:
    return frozenset(words(fold(text)))


#: they join words: within a phrase, never at its end; nor at its beginning, save LEADS
JOINING = _set(
    """a al ante bajo con contra de del desde e el ella ellas ello ellos en entre era es esa ese eso esta estaba
    estamos estan estar este esto estos estas estoy fue ha hace hacer haciendo han hasta hay he hemos la las le les
    lo los me mi mis muy ni no nos nuestra nuestras nuestro nuestros o para pero por porque que quien se sea ser si
    sin sobre solo somos son su sus tambien te tengo tenemos tiene tienen tu u un una unas uno unos usted ustedes y
    ya yo cual como cuando donde mas menos aun cada todo toda todos todas algun alguna algunos algunas otra otro
    otros otras va van voy al mismo misma hacia segun tras ahora siempre nunca aqui asi bien mal the of to and for with
    in on is your you with from it this"""
)
#: with these a complaint begins: «no abre», «sin tono», «se apaga»
LEADS = _set("no sin se")
#: polite or general asking: a sign of a request that says nothing of its matter
ASKING = _set(
    """solicito solicita solicitamos solicitar solicitud solicitudes solicitando requiero requiere requerimos requerir
    requerimiento requerimientos necesito necesita necesitamos necesitar ayuda ayudar ayudarme ayudenme ayudeme apoyo
    apoyar colaboracion colaborar colaboren asistencia soporte revisar revision revisen verificar verificacion
    gestionar gestion tramitar atender atencion consulta consultar duda inquietud pregunta pedir pido favor porfa
    porfavor quiero quisiera deseo agradezco agradeceria pueden puede podrian podria auxilio peticion"""
)
#: general complaint: a sign of a request that says nothing of its matter
TROUBLE = _set(
    """error errores falla fallas fallo fallos fallando falle problema problemas problem inconveniente inconvenientes
    novedad novedades incidente incidentes incidencia incidencias dano danos danado danada danados danadas dano averia
    averiado averiada funciona funcionan funcionando funcionamiento sirve sirven servir puedo pude podemos pudo
    podido poder deja dejan permite permiten permitio logro logra logramos logrado sale salen aparece aparecen
    presenta presentan presentando presento genera queda quedo hace malo mala caso casos ticket reporte reporto
    reportar situacion intermitente intermitencia lento lenta lentitud responde dificultad dificultades imposible
    corregir correccion solucion solucionar arreglo arreglar reparar reparacion"""
)
#: courtesy, time, place and people: they stand in subjects about anything
FILLER = _set(
    """hola buen buena buenos buenas dia dias tarde tardes noche noches saludo saludos cordial cordialmente estimado
    estimada estimados estimadas apreciado apreciada senor senora senores senoras sr sra srs dr dra doctor doctora
    ing ingeniero ingeniera gracias atentamente respetado respetada respetados urgente urgentes urgencia urgentemente
    importante prioridad prioritario prioritaria pronto inmediato inmediata inmediatamente rapido asunto subject
    email mail mensaje mensajes tema favor hoy ayer manana lunes martes miercoles jueves viernes sabado domingo enero
    febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre semana semanas mes
    meses ano anos hora horas minutos momento fecha fechas am pm vez veces nuevamente anterior siguiente proximo
    proxima primer primera segundo segunda tercer tercera ultimo ultima inicio fin final periodo vigencia trimestre
    semestre piso pisos sede sedes oficina oficinas area areas grupo grupos territorial territoriales regional
    direccion direcciones subdireccion secretaria dependencia dependencias torre bloque edificio sala salas auditorio
    bogota medellin cali barranquilla cartagena bucaramanga pereira manizales armenia pasto neiva ibague villavicencio
    cucuta colombia madrid barcelona sevilla valencia mexico lima quito entidad ministerio alcaldia gobernacion
    persona personas companero companera companeros jefe jefa coordinador coordinadora director directora mesa
    servicio servicios ti oti tic tecnico tecnica tecnologia externo interno norte sur oriente occidente centro juridica
    juridico financiera financiero planeacion tesoreria contabilidad presupuesto contratacion almacen talento humano
    humana calidad comunicaciones despacho gerencia dos tres cuatro cinco seis siete ocho nueve diez varios
    varias numero nro general total parte cosa cosas
    http https www com org gov gob edu co es pdf docx xlsx fw fwd rv re enc"""
)
#: what is sent around: nobody's trouble, and often the sign that a mail is no request
PAPERS = _set(
    """informe informes informacion documento documentos documentacion adjunto adjunta anexo anexos acta actas reunion
    reuniones comite comites agenda invitacion boletin circular comunicado comunicacion memorando memorandos oficio
    oficios resolucion resoluciones convocatoria capacitacion evento eventos encuesta envio envios enviar envia
    remision remito respuesta respuestas seguimiento cumplimiento proceso procesos proyecto proyectos plan planes
    actividad actividades contrato contratos radicado radicados expediente cita citas curso cursos taller charla
    felicitaciones cumpleanos condolencias nota notas recordatorio aviso confirmacion confirmar asistir participacion
    presentacion datos dato lista listado formato formatos version tipo copia"""
)
#: the commonest given names and surnames: personal data, whoever writes them
NAMES = _set(
    """maria jose juan carlos luis ana jorge andres camilo felipe alejandro alejandra daniel daniela david diana diego
    sandra claudia patricia martha marta gloria carmen rosa luz adriana angela angelica paola carolina catalina
    natalia laura andrea valentina juliana liliana viviana monica marcela johanna yolanda esperanza nelson oscar
    edgar fernando fernanda francisco javier jaime jairo jesus john jhon julian cesar mauricio miguel pedro pablo
    rafael ricardo roberto rodrigo santiago sebastian sergio victor william wilson alberto antonio alvaro gustavo
    hector hernan hernando hugo ivan leonardo manuel mario martin nicolas orlando gabriel german guillermo gilberto
    garcia gomez gonzalez gonzales rodriguez lopez martinez hernandez perez sanchez ramirez torres diaz rojas moreno
    vargas castro ortiz gutierrez ruiz jimenez alvarez romero herrera suarez rincon munoz valencia cardenas ospina
    restrepo mendoza quintero ramos medina aguilar castillo cortes guerrero salazar parra pena duarte velez zapata
    arias mejia acosta bernal osorio beltran fernandez silva marin molina rubio navarro dominguez vazquez blanco
    gil serrano castaneda contreras velasquez"""
)
#: what follows one of these is somebody's name
TITLES = _set("sr sra srs senor senora dr dra doctor doctora ing ingeniero ingeniera don dona")
#: never a word of a suggested keyword, and no phrase goes across it
BARRED = FILLER | NAMES | PAPERS
#: the same for the words that a rule should leave out: there a «boletín» tells much
BARRED_FROM_UNLESS = FILLER | NAMES
#: they need company: «correo rebotado» and «crear usuario» say something, «correo» and «usuario» do not
GENERAL = (
    ASKING
    | TROUBLE
    | _set(
        """usuario usuarios usuaria equipo equipos correo correos archivo archivos cuenta cuentas
        nuevos nuevas funcionario funcionaria funcionarios contratista contratistas punto puntos puesto puestos
        trabajo sistema sistemas revision acceso accesos permiso permisos"""
    )
)
#: with one of the general words they say enough: «crear usuario»; alone they do not
ACTIONS = _set(
    """crear creacion cambio cambiar activar activacion inactivar inactivacion eliminar eliminacion retiro retirar
    asignar asignacion habilitar deshabilitar entrega devolucion prestamo traslado alta baja nuevo nueva"""
)

#: somebody asks for something (folded, at the beginning of a word)
ASKS = re.compile(
    r"\b(?:solicit|requier|requerim|necesit|ayud[aeo]|apoyo|apoyar|colabora|soporte\b|favor\b|porfa|auxilio|instal|desinstal"
    r"|reinstal|configura|desconfigur|habilit|deshabilit|inhabilit|inactiva|activar|activacion|reactiva|desbloque|crear\b"
    r"|creacion|cambiar|asignar|asignacion|permiso|acceso|accede|ingresa|recuperar|recuperacion"
    r"|restablec"
    r"|reestablec|resete|renovar|renovacion|actualizar|actualizacion|prestamo|traslad|mover\b|retiro\b"
    r"|ampliar|ampliacion|reparar|reparacion|arregl|cambien|revisar\b|revisen|mantenimiento\b|reposicion|suministro"
    r"|como (?:hago|puedo|se)\b|eliminar\b|borrar|recargar?|conectar|vincular|imprimir|descargar|escanear"
    r"|habiliten|creen\b|quiero|quisiera)"
)
#: something does not work
COMPLAINS = re.compile(
    r"\b(?:no (?!laborable|presencial|asistencia|conform|habil|respond|reply|formal|remunerad|numero|es\b|para\b|de\b)"
    r"[a-z]{2,}"
    r"|sin (?!novedad|falta|costo|asunto|embargo|perjuicio|animo)[a-z]{3,}"
    r"|error|errores|fall[aoe]|problem|inconvenient|dan(?:o|ado|ada|ados|adas|a)\b|averi|bloque|lent[oa]\b|lentitud"
    r"|intermiten|caid[oa]"
    r"|se (?:cayo|cae|dano|apaga|apago|bloque|reinicia|cierra|desconecta|borro|perdio|traba|congela|queda|quedo)"
    r"|olvid|vencid[oa]|atasc|malo|mala\b|perdi\b|incidente|incidencia|dificultad|imposible|desconfigurad|rot[oa]\b|danan?"
    r"|hackea|sospechos|parpade|ruido\b|pixelad|borros|congelad|desconect|rebota)"
)
#: what a service desk is asked about, by whoever writes only a noun: «Impresora de la recepción»
MATTERS = re.compile(
    r"\b(?:impresor|impresion|imprim|escaner|scanner|toner|cartucho|fotocopiadora|plotter|computador|portatil|pc\b|cpu\b"
    r"|pantalla|teclado|mouse|monitor|cargador|bateria|disco duro|contrasen|clave|password|token|vpn|wi ?fi|internet"
    r"|conexion|conectividad|red\b|outlook|teams|onedrive|sharepoint|office|excel|word|licencia de|antivirus|software"
    r"|programa\b|aplicativo|aplicacion|sistema|plataforma|portal|pagina web|modulo|servidor|base de datos|telefono"
    r"|extension|diadema|camara|video ?beam|proyector|usuario|firma digital|certificado digital|buzon|correo)"
)
#: so begins what is told, not asked
TELLS = re.compile(
    r"^\W*(?:boletin|circular|comunicado|convocatoria|invitacion|te invitamos|reunion|acta\b|informe|agenda|encuesta"
    r"|felicit|condolenc|recordatorio|save the date|ventana de|mantenimiento programado|memorando|newsletter|resolucion"
    r"|respuesta a|entrega de informe|envio|remision|confirmacion|asistencia|citacion|minuta|programacion|capacitacion"
    r"|charla|curso|taller|evento|webinar|presentacion|seguimiento|aceptada|rechazada|aceptado|rechazado|cancelad[oa])"
)


def looks_like_request(folded: str) -> bool:
    """By what it asks, complains of or is about; what begins like a notice must complain of something."""
    if COMPLAINS.search(folded):
        return True
    return bool(ASKS.search(folded) or MATTERS.search(folded)) and not TELLS.match(folded)
